internal import Cryptography
internal import EventLoop
internal import SystemCalls

/// What the files of TLS settings say, read once for many connections.
struct TrustStore {
    private var contexts: [ClientTLS: (context: TLSClientContext, readAt: Moment)] = [:]

    /// Files are read again when they were read longer ago, so that new authorities take effect.
    private static let lifetime = Duration.seconds(24 * 3600)
    /// The system's authorities are a quarter of that.
    private static let fileLimit = 1 << 20

    /// Files that cannot be used.
    struct Unusable: Error {
        let reason: String
    }

    /// What connections are made from that trust and identify themselves as `tls` says.
    mutating func context(_ tls: ClientTLS) throws(Unusable) -> TLSClientContext {
        if let known = contexts[tls], known.readAt + Self.lifetime > .now { return known.context }
        do {
            let context = try TLSClientContext(
                rootsPEM: tls.caFile.map { try Self.text($0) }, credentials: Self.credentials(tls),
                protocols: ["http/1.1"])
            contexts[tls] = (context, .now)
            return context
        } catch {
            throw Unusable(reason: "\(error)")
        }
    }

    private static func credentials(_ tls: ClientTLS) throws -> TLSCredentials? {
        guard let certificate = tls.certificateFile else { return nil }
        // A certificate and its key may be in one file.
        return TLSCredentials(
            certificatePEM: try text(certificate), privateKeyPEM: try text(tls.keyFile ?? certificate))
    }

    private static func text(_ path: String) throws -> String {
        String(decoding: try FileContents.read(path, limit: fileLimit), as: UTF8.self)
    }
}
