internal import SystemCalls

/// The TCP ports of a private installation.
package struct Ports: Sendable, Hashable {
    package var publicHTTPS = 8443
    package var publicHTTP = 8000
    package var operators = 8080
    package var evaluations = 8081
    package var proxy = 8082
    package var worker = 8083

    /// The usual ones, moved by an offset.
    package init(offset: Int) {
        publicHTTPS += offset
        publicHTTP += offset
        operators += offset
        evaluations += offset
        proxy += offset
        worker += offset
    }

    /// Each port with who listens on it.
    var all: [(port: Int, owner: String)] {
        [
            (publicHTTPS, "the public API (HTTPS)"), (publicHTTP, "the public API (HTTP)"),
            (operators, "the internal API"), (evaluations, "the evaluation service"), (proxy, "the LLM proxy"),
            (worker, "the worker"),
        ]
    }
}

/// The settings file of a private installation. It is written once and then the administrator's.
struct SettingsDocument {
    let state: StateDirectory
    let ports: Ports

    var exists: Bool { FileContents.exists(state.settings) }

    /// Writes the file.
    func make() throws {
        try FileWriting.write(text, to: state.settings, mode: 0o644)
    }

    private var text: String {
        """
        # The settings of this installation, made by `scorable up`. Every key is described in scorable.yaml(5);
        # `scorable config` shows what is in force. Restart with `scorable down` and `scorable up` after a change.
        database:
          url: "host=\(state.sockets) user=scorable dbname=scorable"
        redis:
          url: "unix://\(state.sockets)/redis.sock"
        service_token:
          file: \(state.secret("service_token"))
        credential_secret:
          file: \(state.secret("credential_secret"))
        blobs:
          directory: \(state.blobs)

        deployment:
          public_address: https://localhost:\(ports.publicHTTPS)

        # The demonstration model answers only where no provider is configured.
        demo_provider: true

        evald:
          url: http://127.0.0.1:\(ports.evaluations)
          internal:
            listen: 127.0.0.1:\(ports.evaluations)
        llmproxyd:
          url: http://127.0.0.1:\(ports.proxy)
          private_key:
            file: \(state.secret("proxy_private_key"))
          internal:
            listen: 127.0.0.1:\(ports.proxy)
        workerd:
          urls:
            - http://127.0.0.1:\(ports.worker)
          internal:
            listen: 127.0.0.1:\(ports.worker)
        apid:
          internal:
            listen: 127.0.0.1:\(ports.operators)
          loopback:
            listen: 127.0.0.1:\(ports.publicHTTP)
          public:
            listen: 0.0.0.0:\(ports.publicHTTPS)
            tls:
              certificate: \(state.path)/tls/server.pem
              key: \(state.path)/tls/server.key

        """
    }
}
