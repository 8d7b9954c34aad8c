internal import Cryptography
internal import FoundationEssentials
internal import Observability
internal import Synchronization

/// Shows until when the certificates of listeners are valid.
final class CertificateFigures: Sendable {
    private let ends = Mutex<[String: Date]>([:])

    init(_ metrics: Metrics) {
        metrics.gauges(
            "scorable_tls_certificate_expiry_timestamp_seconds",
            "When the certificate of a listener that speaks TLS ends, since the Unix epoch."
        ) { [self] in
            ends.withLock { $0 }.map { LabelledValue(["listener": $0.key], $0.value.timeIntervalSince1970) }
        }
    }

    /// When they end, by listener.
    var all: [(listener: String, endsAt: Date)] {
        ends.withLock { $0 }.sorted { $0.key < $1.key }.map { (listener: $0.key, endsAt: $0.value) }
    }

    /// The listener shows the first certificate of this chain from now on.
    func show(_ chain: String, at listener: String) {
        let end = "-----END CERTIFICATE-----"
        guard let first = chain.firstRange(of: end).map({ String(chain[..<$0.upperBound]) }) else { return }
        do {
            let certificate = try PublicCertificate(text: first)
            ends.withLock { $0[listener] = certificate.expires }
        } catch {
            // The listener says itself what it cannot use.
            ends.withLock { $0[listener] = nil }
        }
    }
}
