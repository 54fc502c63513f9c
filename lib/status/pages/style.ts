/** The one style sheet. Its address holds its hash, so it may be kept for ever. */

import { createHash } from "node:crypto";

export const style = `
:root {
  color-scheme: light dark;
  --page: #f4f6f5; --card: #fff; --text: #1b2321; --muted: #55605d; --line: #d5dcd9; --link: #0b5f8a; --brand: #0f5c4d; --code: #f0f3f2;
  --secure: #176b36; --secure-bg: #e3f4e8; --unverified: #7a5200; --unverified-bg: #fdf1d3; --weak: #9c4100; --weak-bg: #fde9da;
  --lost: #b01c1c; --lost-bg: #fde5e3; --unknown: #525c66; --unknown-bg: #e9edf0; --stale: #4d5280; --stale-bg: #e8e9f6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121615; --card: #1a201e; --text: #e4e9e7; --muted: #a3aeaa; --line: #35403c; --link: #7cc4ec; --brand: #0f5c4d; --code: #232b28;
    --secure: #6fd08c; --secure-bg: #14301d; --unverified: #ecc05c; --unverified-bg: #33280c; --weak: #f5a066; --weak-bg: #3a210f;
    --lost: #ff938a; --lost-bg: #401716; --unknown: #b3bfc9; --unknown-bg: #272e34; --stale: #b4b8f0; --stale-bg: #272a48;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; }
.top { background: var(--brand); }
.top > div, main, footer > div { max-width: 62rem; margin: 0 auto; padding: 0 1rem; }
.top > div { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.5rem; min-height: 3.25rem; }
.top a, .top button { color: #fff; }
.brand { font-weight: 700; font-size: 1.15rem; text-decoration: none; letter-spacing: .01em; }
nav { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.25rem; }
nav a { text-decoration: none; padding: .5rem 0; }
nav a:hover { text-decoration: underline; }
main { padding-top: 1.5rem; padding-bottom: 2rem; }
footer { color: var(--muted); font-size: .875rem; padding-bottom: 2rem; }
footer p { margin: .25rem 0; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.top :focus-visible { outline-color: #fff; }
h1, h2, h3 { line-height: 1.25; margin: 0 0 .5rem; }
h1 { font-size: 1.75rem; } h2 { font-size: 1.3rem; } h3 { font-size: 1.05rem; }
p { margin: 0 0 .75rem; }
.lead { font-size: 1.1rem; max-width: 46rem; }
.muted { color: var(--muted); font-weight: 400; }
.title { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; margin-bottom: .5rem; }
.title > * { margin: 0; }
.card, .alert { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1.25rem; margin: 0 0 1.25rem; }
.narrow { max-width: 28rem; margin: 2rem auto; }
.alert { --tone: var(--lost); --tint: var(--lost-bg); padding: .9rem 1.25rem; }
.alert h2 { color: var(--tone); font-size: 1.05rem; margin-bottom: .25rem; }
.skip, .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip:focus { position: fixed; top: .5rem; left: .5rem; width: auto; height: auto; clip-path: none; background: var(--card); padding: .5rem 1rem; z-index: 1; }
.print { display: none; }
code, pre, .transcript td { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .86em; }
pre { background: var(--code); border-radius: .3rem; padding: .6rem .75rem; margin: .5rem 0 0; white-space: pre-wrap; max-height: 20rem; overflow: auto; }
ul.plain, ul.rows, ul.counts, ul.findings, ol.chain { list-style: none; margin: 0; padding: 0; }
ul.plain li { margin: .15rem 0; }
ul.rows li { padding: .5rem 0; border-top: 1px solid var(--line); display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; }
ul.rows li:first-child { border-top: 0; }
.icon { width: 1.25em; height: 1.25em; flex: none; }
.icon .line { fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
.icon .fill { fill: currentColor; stroke: none; }
.icon .cut { fill: none; stroke: var(--cut, var(--card)); stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
.badge, .state { display: inline-flex; align-items: center; gap: .3rem; padding: .1rem .6rem .1rem .4rem; border-radius: 1rem; border: 1px solid currentColor; font-size: .9rem; font-weight: 650; line-height: 1.5; white-space: nowrap; }
.state { padding: .05rem .6rem; }
.secure { --tone: var(--secure); --tint: var(--secure-bg); } .unverified, .warning { --tone: var(--unverified); --tint: var(--unverified-bg); }
.weak { --tone: var(--weak); --tint: var(--weak-bg); } .lost, .critical { --tone: var(--lost); --tint: var(--lost-bg); }
.unknown, .ended, .info { --tone: var(--unknown); --tint: var(--unknown-bg); } .stale { --tone: var(--stale); --tint: var(--stale-bg); }
.alert { border-color: var(--tone); background: var(--tint); }
.badge, .state, .leg .note { color: var(--tone); } .badge, .state { background: var(--tint); --cut: var(--tint); }
.chain { display: flex; align-items: stretch; margin: 1.25rem 0 !important; }
.place { flex: 1 1 0; min-width: 0; display: flex; flex-direction: column; align-items: center; justify-content: center; text-align: center; border: 1.5px solid var(--line); border-radius: .6rem; padding: .8rem .6rem; line-height: 1.3; gap: .15rem; }
.place .icon { width: 1.9rem; height: 1.9rem; color: var(--muted); }
.place .muted { font-size: .85rem; }
.leg { flex: 0 0 12rem; position: relative; display: flex; align-items: center; justify-content: center; }
.leg::before { content: ""; position: absolute; left: 0; right: .55rem; top: 50%; border-top: 4px solid var(--tone); transform: translateY(-50%); }
.leg::after { content: ""; position: absolute; right: 0; top: 50%; border: .5rem solid transparent; border-left: .75rem solid var(--tone); border-right: 0; transform: translateY(-50%); }
.leg.lost::before, .leg.weak::before { border-top-style: dashed; } .leg.unknown::before, .leg.stale::before { border-top-style: dotted; }
.leg a { position: relative; display: flex; flex-direction: column; align-items: center; text-decoration: none; background: var(--card); padding: .3rem .4rem; border-radius: .4rem; gap: .1rem; max-width: 9.5rem; }
.leg .note { font-size: .8rem; line-height: 1.2; text-align: center; }
.hop { border-top: 1px solid var(--line); padding-top: 1.1rem; margin-top: 1.1rem; }
.hop h3 { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .6rem; }
dl { margin: 0 0 .75rem; } dt { color: var(--muted); font-size: .85rem; } dd { margin: 0; }
.axes { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .6rem 1.25rem; }
.facts > div { display: grid; grid-template-columns: 10rem 1fr; gap: 0 1rem; padding: .25rem 0; }
.facts dt { font-size: .9rem; }
.finding { border-left: 4px solid var(--tone); background: var(--tint); border-radius: 0 .4rem .4rem 0; padding: .6rem .9rem; margin: .6rem 0; }
.finding p { margin: 0; } .finding pre { background: color-mix(in srgb, var(--card) 60%, transparent); }
.severity { color: var(--tone); font-weight: 650; text-transform: capitalize; }
details > summary { cursor: pointer; }
.target { border: 1px solid var(--line); border-radius: .5rem; margin: .6rem 0; }
.target > summary { display: flex; flex-wrap: wrap; align-items: center; gap: .2rem .6rem; padding: .6rem .8rem; }
.target > summary::before { content: "▸"; color: var(--muted); width: .8em; } .target[open] > summary::before { content: "▾"; }
.target > summary::-webkit-details-marker { display: none; }
.host { font-weight: 650; }
.gist { flex-basis: 100%; padding-left: 1.4rem; font-size: .9rem; color: var(--muted); }
.inside { padding: 0 .8rem .8rem; }
.transcript > summary, .scan > summary, td details > summary { color: var(--link); padding: .25rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { overflow-wrap: break-word; text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--muted); font-size: .85rem; font-weight: 600; }
tbody th { font-weight: 600; } .wide { min-width: 34rem; } .figure, td > time, td .key { white-space: nowrap; }
caption { text-align: left; padding: .35rem .75rem; font-weight: 600; font-size: .9rem; background: var(--code); border-radius: .3rem .3rem 0 0; }
.transcript table { background: var(--code); border-radius: .3rem; }
.transcript th, .transcript td { border: 0; padding: .1rem .75rem; white-space: pre-wrap; line-height: 1.45; }
.transcript td:nth-child(-n+2) { white-space: pre; color: var(--muted); } .transcript .remark { color: var(--muted); } .transcript .remark.good td { color: var(--secure); } .transcript .remark.bad td { color: var(--lost); }
.days { display: block; max-width: 100%; } .day { fill: var(--line); } .day.secure { fill: var(--secure); } .day.lost { fill: var(--lost); } .day.unknown { fill: var(--unknown); opacity: .55; } .day.gap { fill: none; stroke: var(--line); }
.counts { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; margin-bottom: 1rem !important; }
.counts li { display: flex; align-items: center; gap: .5rem; } .counts strong { font-size: 1.5rem; } .counts .none strong { color: var(--muted); font-weight: 400; }
label { font-weight: 600; } form.inline { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; margin: .75rem 0; } form.inline p { flex-basis: 100%; margin: 0; }
.narrow form { display: grid; gap: .5rem; margin-bottom: 1rem; }
input { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--muted); border-radius: .35rem; padding: .45rem .6rem; min-width: 0; max-width: 100%; }
button { font: inherit; font-weight: 600; color: #fff; background: var(--brand); border: 1px solid var(--brand); border-radius: .35rem; padding: .45rem 1rem; cursor: pointer; }
button.plain { background: none; border: 0; padding: .5rem 0; font-weight: 400; } button.plain:hover { text-decoration: underline; }
@media (max-width: 46rem) {
  body { font-size: 15px; } h1 { font-size: 1.45rem; } .card { padding: 1rem; }
  .chain { flex-direction: column; } .place { flex: none; }
  .leg { flex: none; height: 6.2rem; }
  .leg::before { left: 50%; right: auto; top: 0; bottom: .55rem; border-top: 0; border-left: 4px solid var(--tone); transform: translateX(-50%); }
  .leg::after { right: auto; left: 50%; top: auto; bottom: 0; border: .5rem solid transparent; border-top: .75rem solid var(--tone); border-bottom: 0; transform: translateX(-50%); }
  .leg.lost::before, .leg.weak::before { border-left-style: dashed; } .leg.unknown::before, .leg.stale::before { border-left-style: dotted; }
  .stack { min-width: 0; } .stack, .stack tbody, .stack tr { display: block; } .stack thead { display: none; }
  .stack tr { border-top: 1px solid var(--line); padding: .5rem 0; } .stack tr:first-child { border-top: 0; } .stack td { display: block; border: 0; padding: .1rem 0; } .stack br { display: none; }
  .facts > div { grid-template-columns: 7.5rem 1fr; }
  .axes { grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); }
}
@media print {
  :root { --page: #fff; } .top, footer a, form, .skip { display: none !important; } .print { display: inline; }
  .card { border: 0; padding: 0; } .target, .finding { break-inside: avoid; } .scroll { overflow: visible; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
`;

export const styleHref = `/style-${createHash("sha256").update(style).digest("hex").slice(0, 12)}.css`;
