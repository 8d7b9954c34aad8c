/// Where a container of Azure's storage is.
package struct AzurePlace: Sendable, Hashable {
    package let account: String
    package let container: String
    /// The address of the account's blobs; `nil` for Azure's.
    package let endpoint: String?
    /// What every key begins with, with a slash behind it; empty for the whole container.
    package let prefix: String

    package init(account: String, container: String, endpoint: String?, prefix: String) {
        self.account = account
        self.container = container
        self.endpoint = endpoint
        self.prefix = prefix
    }

    /// The address of a blob, or without one of the container.
    func url(_ path: String) -> String {
        let base = endpoint ?? "https://\(account).blob.core.windows.net"
        return "\(base)/\(container)\(path.isEmpty ? "" : "/\(path)")"
    }

    /// What follows the host in an address.
    static func path(of url: String) -> String {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        return String(rest.drop { $0 != "/" }.prefix { $0 != "?" })
    }
}
