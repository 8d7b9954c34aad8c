import Glibc

/// The `openssl` program: makes certificates in a temporary directory and serves TLS with them.
final class OpenSSLCommand {
    struct Failed: Error { let arguments: [String] }

    let directory: String
    private var servers: [(process: pid_t, output: Int32)] = []

    init() throws {
        var template = Array("/tmp/transfer-tls-XXXXXX".utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer {
            unsafe $0.baseAddress.flatMap { unsafe mkdtemp($0) } != nil
        }
        guard made else { throw Failed(arguments: ["mkdtemp"]) }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        killServers()
        for name in ["ca", "other", "server", "stranger", "client"] {
            for kind in ["pem", "key"] { unsafe unlink(path("\(name).\(kind)")) }
        }
        unsafe rmdir(directory)
    }

    func killServers() {
        for server in servers {
            kill(server.process, SIGKILL)
            waitpid(server.process, nil, 0)
            close(server.output)
        }
        servers.removeAll()
    }

    func path(_ name: String) -> String { "\(directory)/\(name)" }

    /// Makes `name.pem` and `name.key`, signed by `authority` or by itself.
    func certificate(
        _ name: String, subject: String, names: String = "DNS:localhost", signedBy authority: String? = nil
    )
        throws
    {
        var arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-keyout", path("\(name).key"), "-out", path("\(name).pem"), "-subj", "/CN=\(subject)",
            "-addext", "subjectAltName=\(names)",
        ]
        if let authority {
            arguments += ["-CA", path("\(authority).pem"), "-CAkey", path("\(authority).key")]
            arguments += ["-addext", "basicConstraints=critical,CA:FALSE"]
        }
        let (process, output) = try start(arguments)
        var status: Int32 = 0
        unsafe waitpid(process, &status, 0)
        close(output)
        guard status == 0 else { throw Failed(arguments: arguments) }
    }

    /// Serves a page on a port of 127.0.0.1 with the certificate `name`, and returns the port.
    func serve(_ name: String, demandingCertificateOf authority: String? = nil) throws -> Int {
        var arguments = ["s_server", "-accept", "127.0.0.1:0", "-www"]
        arguments += ["-cert", path("\(name).pem"), "-key", path("\(name).key")]
        if let authority {
            arguments += ["-Verify", "1", "-verify_return_error", "-CAfile", path("\(authority).pem")]
        }
        let (process, output) = try start(arguments)
        servers.append((process, output))
        var text = ""
        var bytes = [UInt8](repeating: 0, count: 256)
        while true {
            let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(output, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failed(arguments: arguments) }
            text += String(decoding: bytes.prefix(count), as: UTF8.self)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            if let line = lines.first(where: { $0.hasPrefix("ACCEPT") }), let port = line.split(separator: ":").last {
                return Int(port) ?? 0
            }
        }
    }

    private func start(_ arguments: [String]) throws -> (pid_t, Int32) {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
            throw Failed(arguments: arguments)
        }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var words: [UnsafeMutablePointer<CChar>?] = unsafe (["openssl"] + arguments).map { unsafe strdup($0) }
        unsafe words.append(nil)
        defer { unsafe words.forEach { unsafe free($0) } }
        var process: pid_t = 0
        guard unsafe posix_spawnp(&process, "openssl", &actions, nil, words, environ) == 0 else {
            throw Failed(arguments: arguments)
        }
        close(ends[1])
        return (process, ends[0])
    }
}
