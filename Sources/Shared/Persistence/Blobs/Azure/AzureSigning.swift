internal import Cryptography
internal import FoundationEssentials
internal import HTTPMessages

/// Signatures with the key of a storage account: of requests, and of addresses that are given away.
struct AzureSigning: Sendable {
    let account: String
    let key: SecretBytes

    /// The version of the service that is spoken.
    static let version = "2021-12-02"

    /// The headers that are signed by their value alone, in this order.
    private static let standard = [
        "content-encoding", "content-language", "content-length", "content-md5", "content-type", "date",
        "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range",
    ]

    /// The value of `authorization` (Shared Key). `headers` are all that are sent; `path` is what follows the host.
    func authorization(
        method: String, path: String, query: [(name: String, value: String?)], headers: HTTPHeaders, length: Int
    ) -> String {
        var lines = [method]
        for name in Self.standard {
            lines.append(name == "content-length" ? (length == 0 ? "" : "\(length)") : headers[name] ?? "")
        }
        let own = headers.fields.map { (name: $0.name.lowercased(), value: $0.value) }
            .filter { $0.name.hasPrefix("x-ms-") }.sorted { $0.name < $1.name }
        lines += own.map { "\($0.name):\($0.value)" }
        lines.append("/\(account)\(path)")
        lines += query.map { (name: $0.name.lowercased(), value: $0.value ?? "") }.sorted { $0.name < $1.name }
            .map { "\($0.name):\($0.value)" }
        return "SharedKey \(account):\(signature(of: lines))"
    }

    /// The query of an address by which one blob can be read until a moment (service SAS).
    func query(
        reading path: String, in container: String, until end: Date, as download: BlobDownload, onlyTLS: Bool
    ) -> String {
        let expiry = Date(timeIntervalSince1970: end.timeIntervalSince1970.rounded(.down)).formatted(.iso8601)
        let protocols = onlyTLS ? "https" : ""
        let signed = [
            "r", "", expiry, "/blob/\(account)/\(container)/\(path)", "", "", protocols, Self.version, "b", "", "", "",
            download.disposition, "", "", download.type,
        ]
        let parameters = [
            ("sv", Self.version), ("sp", "r"), ("sr", "b"), ("se", expiry), ("spr", protocols),
            ("rscd", download.disposition), ("rsct", download.type), ("sig", signature(of: signed)),
        ]
        return parameters.filter { !$0.1.isEmpty }.map { "\($0.0)=\(PercentEncoding.encode($0.1.utf8))" }
            .joined(separator: "&")
    }

    private func signature(of lines: [String]) -> String {
        Base64.encode(HMACSHA256.authenticate(Array(lines.joined(separator: "\n").utf8), key: key))
    }
}
