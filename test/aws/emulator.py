"""MiniStack 1.5.33 (PyPI, MIT) with four gaps closed that the stack meets. `emulate.sh` runs it.

1. Its CloudFormation drops TimeToLiveSpecification and PointInTimeRecoverySpecification of a table without a word.
2. Its CloudFormation refuses an alarm on a formula: it stands there as one on a metric. None is ever evaluated.
3. Where rights are checked it asks for actions that AWS doesn't have: a batch is allowed by the right to the single call.
4. Its tables never throttle: those named in the file `throttled` of the temporary folder do, as long as it stands there.
"""

import os
import sys
from importlib.metadata import version

assert version("ministack") == "1.5.33", f"written for MiniStack 1.5.33, not {version('ministack')}"

# Before its modules read them: it would listen everywhere otherwise.
os.environ["BIND_HOST"] = "127.0.0.1"
os.environ["IOT_MTLS_ENABLED"] = "0"

from ministack.app import main
from ministack.core import iam_actions
from ministack.core.responses import error_response_json
from ministack.services import dynamodb
from ministack.services.cloudformation import provisioners

handlers = provisioners._RESOURCE_HANDLERS
table_handler = handlers["AWS::DynamoDB::Table"]


def is_true(value):
    return str(value).lower() == "true"


def create_table(logical_id, props, stack_name):
    created = table_handler["create"](logical_id, props, stack_name)
    name = created[0]
    ttl = props.get("TimeToLiveSpecification")
    if ttl:
        settings = {**ttl, "Enabled": is_true(ttl.get("Enabled"))}
        dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": settings})
    backups = props.get("PointInTimeRecoverySpecification")
    if backups:
        settings = {"PointInTimeRecoveryEnabled": is_true(backups.get("PointInTimeRecoveryEnabled"))}
        dynamodb._update_continuous_backups({"TableName": name, "PointInTimeRecoverySpecification": settings})
    return created


handlers["AWS::DynamoDB::Table"] = {**table_handler, "create": create_table}

alarm_handler = handlers["AWS::CloudWatch::Alarm"]


def without_formula(props):
    if not props.get("Metrics"):
        return props
    rest = {key: value for key, value in props.items() if key != "Metrics"}
    return {**rest, "Namespace": "Chainmail", "MetricName": "formula"}


def create_alarm(logical_id, props, stack_name):
    return alarm_handler["create"](logical_id, without_formula(props), stack_name)


def update_alarm(physical_id, old_props, new_props, stack_name, logical_id=None):
    return alarm_handler["update"](
        physical_id, without_formula(old_props), without_formula(new_props), stack_name, logical_id=logical_id
    )


handlers["AWS::CloudWatch::Alarm"] = {**alarm_handler, "create": create_alarm, "update": update_alarm}

singles = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}
extract = iam_actions.extract_iam_action


def extract_single(*args, **kwargs):
    action = extract(*args, **kwargs)
    return singles.get(action, action)


iam_actions.extract_iam_action = extract_single

throttled = os.path.join(os.environ["TMPDIR"], "throttled")
handle = dynamodb.handle_request


async def handle_unless_throttled(method, path, headers, body, query_params):
    if os.path.exists(throttled):
        with open(throttled, encoding="utf-8") as names:
            if any(f'"{name}"'.encode() in body for name in names.read().split()):
                return error_response_json("ProvisionedThroughputExceededException", "The throughput was exceeded.", 400)
    return await handle(method, path, headers, body, query_params)


dynamodb.handle_request = handle_unless_throttled

if __name__ == "__main__":
    sys.exit(main())
