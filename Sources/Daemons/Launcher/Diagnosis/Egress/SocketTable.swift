internal import EventLoop
internal import SystemCalls

/// The connections of a process, as the kernel lists them.
struct SocketTable: Sendable, Hashable {
    /// A connection that the process has opened, to an address that is not the machine itself.
    struct Outgoing: Sendable, Hashable {
        /// `tcp` or `udp`.
        let transport: String
        /// 4 or 16 bytes.
        let address: [UInt8]
        let port: Int
    }

    /// Without what was accepted by a listener of the process.
    let outgoing: [Outgoing]

    /// Those of the process at this moment.
    /// - Throws: `SystemError` when we may not look.
    init(of pid: Int) throws {
        let folder = "/proc/\(pid)"
        var sockets: Set<Substring> = []
        for name in try FileFacts.names(in: "\(folder)/fd") {
            do {
                let target = try FileFacts.link("\(folder)/fd/\(name)")
                if target.hasPrefix("socket:["), target.hasSuffix("]") {
                    sockets.insert(target.dropFirst(8).dropLast())
                }
            } catch {
                continue  // It was closed meanwhile.
            }
        }
        var lines: [(transport: String, line: SocketLine)] = []
        for table in ["tcp", "tcp6", "udp", "udp6"] {
            let path = "\(folder)/net/\(table)"
            // Machines without IPv6 have no table of it.
            guard FileContents.exists(path) else { continue }
            let text = String(decoding: try FileContents.read(path, limit: 64 << 20), as: UTF8.self)
            lines += text.split(separator: "\n").dropFirst().compactMap { SocketLine($0) }
                .filter { sockets.contains($0.inode) }.map { (String(table.prefix(3)), $0) }
        }
        outgoing = Self.outgoing(lines)
    }

    /// For tests: the same of the text of one table.
    init(parsing text: String, transport: String) {
        outgoing = Self.outgoing(
            text.split(separator: "\n").dropFirst().compactMap { SocketLine($0) }.map { (transport, $0) })
    }

    private static func outgoing(_ lines: [(transport: String, line: SocketLine)]) -> [Outgoing] {
        let listening = Set(lines.filter { $0.line.isListening }.map(\.line.localPort))
        let others = lines.filter { _, line in
            !line.isListening && line.remotePort != 0 && !listening.contains(line.localPort) && !line.isToItself
        }
        return Array(
            Set(others.map { Outgoing(transport: $0.transport, address: $0.line.remote, port: $0.line.remotePort) })
        )
        .sorted { ($0.address.description, $0.port) < ($1.address.description, $1.port) }
    }
}

/// A line of `/proc/PID/net/tcp` and the like.
struct SocketLine: Sendable {
    /// Such as `12345`.
    let inode: Substring
    let isListening: Bool
    let localPort: Int
    let remote: [UInt8]
    let remotePort: Int

    private static let listening: Substring = "0A"

    init?(_ line: Substring) {
        let fields = line.split(separator: " ")
        guard fields.count > 9, let local = Self.end(fields[1]), let remote = Self.end(fields[2]) else { return nil }
        inode = fields[9]
        isListening = fields[3] == Self.listening
        localPort = local.port
        (self.remote, remotePort) = (remote.address, remote.port)
    }

    /// Whether the other end is on this machine, by the loopback.
    var isToItself: Bool {
        remote.count == 4 ? remote[0] == 127 : remote == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// The address in groups of four bytes, each as this machine has them in memory: the lowest first.
    private static func end(_ text: Substring) -> (address: [UInt8], port: Int)? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = Int(parts[1], radix: 16), parts[0].count == 8 || parts[0].count == 32 else {
            return nil
        }
        let digits = Array(parts[0])
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...($0 + 1)]), radix: 16)
        }
        guard bytes.count * 2 == digits.count else { return nil }
        let address = stride(from: 0, to: bytes.count, by: 4).flatMap { bytes[$0..<($0 + 4)].reversed() }
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        return (address.starts(with: mapped) && address.count == 16 ? Array(address.dropFirst(12)) : address, port)
    }
}
