internal import CloudIdentity
internal import Cryptography
internal import FoundationEssentials

/// An address by which whoever has it may fetch one object for a while (V4 signing process), signed by a service account.
enum GoogleSignedAddress {
    /// - Throws: `CryptographyError`.
    static func make(
        of path: String, in place: GooglePlace, for seconds: Int, as download: BlobDownload, by account: ServiceAccount,
        at date: Date
    ) throws(CryptographyError) -> String {
        let whole = Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down))
        let stamp = whole.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
        let scope = "\(stamp.prefix(8))/auto/storage/goog4_request"
        let parameters = [
            ("X-Goog-Algorithm", "GOOG4-RSA-SHA256"), ("X-Goog-Credential", "\(account.email)/\(scope)"),
            ("X-Goog-Date", stamp), ("X-Goog-Expires", "\(seconds)"), ("X-Goog-SignedHeaders", "host"),
            ("response-content-disposition", download.disposition), ("response-content-type", download.type),
        ]
        let query = parameters.sorted { $0.0 < $1.0 }.map { "\($0.0)=\(PercentEncoding.encode($0.1.utf8))" }
            .joined(separator: "&")
        let host = place.base.firstRange(of: "://").map { place.base[$0.upperBound...] } ?? place.base[...]
        let resource = "/\(place.bucket)/\(path)"
        let request = ["GET", resource, query, "host:\(host)\n", "host", "UNSIGNED-PAYLOAD"].joined(separator: "\n")
        let text = ["GOOG4-RSA-SHA256", stamp, scope, Hexadecimal.encode(SHA256.hash(request))].joined(separator: "\n")
        let signature = Hexadecimal.encode(try account.signature(of: Array(text.utf8)))
        return "\(place.base)\(resource)?\(query)&X-Goog-Signature=\(signature)"
    }
}
