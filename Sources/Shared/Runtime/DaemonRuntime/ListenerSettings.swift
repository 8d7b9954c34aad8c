internal import HTTPServer
package import HTTPServing
package import Settings
internal import SystemCalls

/// How much a listener serves when nothing is set.
package struct ListenerCapacity: Sendable, Hashable {
    package let connections: Int
    /// At the same time.
    package let requests: Int

    package init(connections: Int, requests: Int) {
        self.connections = connections
        self.requests = requests
    }

    /// Enough for requests that are answered in a moment.
    package static let usual = ListenerCapacity(connections: 4096, requests: 1024)
}

/// The settings of one listener.
package struct ListenerSettings: Sendable {
    private(set) package var address: ListenAddress
    /// Files with a certificate chain and its key; `nil` for plain HTTP.
    package let tls: TLSFiles?
    package let prefix: String
    package let accessLog: AccessLog
    package let bodyLimit: ByteCount
    package let headerTimeout: Duration
    package let idleTimeout: Duration
    package let requestTimeout: Duration
    package let maximumConnections: Int
    package let maximumConcurrency: Int

    /// The files of a TLS identity.
    package struct TLSFiles: Sendable, Hashable {
        package let certificatePath: String
        package let keyPath: String
    }

    /// Reads them; `address` is where to listen and `capacity` how much to serve when nothing is set.
    package init(
        from scope: SettingsScope, default address: ListenAddress, capacity: ListenerCapacity = .usual
    ) throws(SettingsError) {
        self.address = try scope.value(
            "listen", ListenAddress.setting, default: address, help: "Where the listener listens.")
        let certificate = try scope.optionalString(
            "tls.certificate", example: "/etc/scorable/tls/server.crt",
            help: "File with the certificate chain in PEM. With it the listener speaks TLS.")
        let key = try scope.optionalString(
            "tls.key", example: "/etc/scorable/tls/server.key",
            help: "File with the private key of the certificate in PEM, unencrypted.")
        switch (certificate, key) {
        case (let certificate?, let key?): tls = TLSFiles(certificatePath: certificate, keyPath: key)
        case (nil, nil): tls = nil
        case (.some, nil): throw scope.refusal("tls.key", expected: "a file, since tls.certificate is set")
        case (nil, .some): throw scope.refusal("tls.certificate", expected: "a file, since tls.key is set")
        }
        prefix = try scope.value(
            "prefix", Self.prefix, default: "",
            help: "Path that the listener is mounted under, where no proxy strips it off.")
        accessLog = try scope.choice("access_log", default: .errors, help: "Which requests get a line in the log.")
        bodyLimit = try scope.byteCount(
            "body_limit", default: .mebibytes(16), range: .kibibytes(1)...ByteCount(bytes: 1 << 30),
            help: "The largest request body.")
        headerTimeout = try scope.duration(
            "header_timeout", default: .seconds(10), range: .seconds(1) ... .seconds(300),
            help: "How long a client may take to send the head of a request.")
        idleTimeout = try scope.duration(
            "idle_timeout", default: .seconds(75), range: .seconds(1) ... .seconds(3600),
            help: "How long a connection may rest between requests.")
        requestTimeout = try scope.duration(
            "request_timeout", default: .seconds(300), range: .seconds(1) ... .seconds(3600),
            help: "How long a request may take until its answer begins.")
        maximumConnections = try scope.int(
            "connections", default: capacity.connections, range: 1...200_000, help: "How many connections may be open.")
        maximumConcurrency = try scope.int(
            "concurrency", default: capacity.requests, range: 1...100_000,
            help: "How many requests are served at the same time; more are answered with 503.")
    }

    /// The same at another address.
    func moved(to address: ListenAddress) -> ListenerSettings {
        var moved = self
        moved.address = address
        return moved
    }

    private static let prefix = SettingKind<String>(
        expected: "a path such as /scorable, or nothing", text: { $0 },
        parse: { text in
            let isPath = text.first == "/" && text.last != "/" && !text.contains("//")
            return text.isEmpty || isPath ? text : nil
        })

    /// How requests of the listener called `name` are served.
    func pipelineOptions(name: String) -> RequestPipeline.Options {
        var options = RequestPipeline.Options(listener: name)
        options.prefix = prefix
        options.accessLog = accessLog
        options.bodyLimit = bodyLimit.bytes
        options.timeout = requestTimeout
        options.maximumConcurrency = maximumConcurrency
        return options
    }
}

extension ListenerSettings {
    /// What the server is started with; `nil` when the listener is off. `sockets` are those that the service manager
    /// handed over; `setting` is the name of the section, for messages.
    func server(sockets: [String: Int32], setting: String) throws(DaemonFailure) -> HTTPListenerSettings? {
        var server = HTTPListenerSettings(tls: try tls.map { files throws(DaemonFailure) in try files.load(setting) })
        switch address {
        case .off: return nil
        case .tcp(let address, let port): (server.address, server.port) = (address, port)
        case .unix(let path): server.unixSocketPath = path
        case .inherited(let name):
            guard let socket = sockets[name] else {
                throw DaemonFailure(
                    description: "\(setting).listen: the service manager handed over no socket called \(name); "
                        + "it must be named so in the socket unit (FileDescriptorName=).")
            }
            server.listeningDescriptor = socket
        }
        server.limits.bodyBytes = bodyLimit.bytes
        server.limits.headerTimeout = headerTimeout
        server.limits.idleTimeout = idleTimeout
        server.maximumConnections = maximumConnections
        return server
    }
}

extension ListenerSettings.TLSFiles {
    /// The certificate and key that the files hold now.
    func load(_ setting: String) throws(DaemonFailure) -> TLSIdentity {
        TLSIdentity(
            certificatePEM: try Self.read(certificatePath, "\(setting).tls.certificate"),
            keyPEM: try Self.read(keyPath, "\(setting).tls.key"))
    }

    private static func read(_ path: String, _ setting: String) throws(DaemonFailure) -> String {
        do {
            return String(decoding: try FileContents.read(path), as: UTF8.self)
        } catch {
            throw .file(setting, error)
        }
    }
}
