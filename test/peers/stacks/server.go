// A server on Go's crypto/tls that accepts all it can: `server CERTIFICATE.pem…`, each with its key. Prints its port.
package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
)

func main() {
	config := &tls.Config{MinVersion: tls.VersionTLS10}
	for _, file := range os.Args[1:] {
		certificate, err := tls.LoadX509KeyPair(file, file)
		if err != nil {
			panic(err)
		}
		config.Certificates = append(config.Certificates, certificate)
	}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		config.CipherSuites = append(config.CipherSuites, suite.ID)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	for {
		connection, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		go serve(tls.Server(connection, config))
	}
}

func serve(connection *tls.Conn) {
	defer connection.Close()
	if connection.Handshake() == nil {
		io.Copy(io.Discard, connection)
	}
}
