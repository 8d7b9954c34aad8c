package import EventLoop
internal import SAML
internal import Tenancy
internal import WireAPI

/// Where the metadata of identity providers come from: what somebody gives, or an address, at which the LLM proxy reads
/// them. It alone connects to what is outside.
package struct MetadataSource: Sendable {
    private let proxy: LLMProxyClient
    private let workers: WorkerThreads

    /// The largest metadata, in bytes: those of a small federation.
    private static let limit = 2 << 20
    /// A little longer than the proxy waits itself.
    private static let patience = Duration.seconds(20)

    package init(proxy: LLMProxyClient, workers: WorkerThreads) {
        self.proxy = proxy
        self.workers = workers
    }

    /// Metadata that can be used.
    struct Found: Sendable {
        let provider: SAML.IdentityProvider

        /// What is to be kept of them: of a federation's list only what is said of this one.
        var text: String { provider.document }

        /// By what the identity provider calls itself.
        var entityID: String { provider.id }
    }

    /// Reads what is at an address; `signer` has the certificate of who has to have signed it, where somebody has to.
    /// - Throws: `MetadataUnusable`; `CancellationError`.
    func read(at url: String, entityID: String?, signedBy signer: String?) async throws -> Found {
        let result: ProxyFetchResult
        do {
            result = try await proxy.post(
                ProxyFetch.path,
                ProxyFetch(
                    url: url, accept: "application/samlmetadata+xml, application/xml, text/xml", limit: Self.limit),
                patience: Self.patience)
        } catch let error as LLMProxyUnavailable {
            throw MetadataUnusable(error.description, isOurs: true)
        }
        guard let text = result.text else {
            throw MetadataUnusable(
                "The metadata cannot be read at \(url): \(result.sentence)", isForbidden: result.isForbidden)
        }
        return try await check(text, entityID: entityID, signedBy: signer)
    }

    /// Looks at metadata that somebody gives.
    /// - Throws: `MetadataUnusable`.
    func check(_ text: String, entityID: String?, signedBy signer: String? = nil) async throws -> Found {
        guard text.utf8.count <= Self.limit else { throw MetadataUnusable("They are larger than \(Self.limit) bytes.") }
        do {
            let provider = try await workers.run {
                try SAML.IdentityProvider(
                    metadata: text, id: entityID, signedBy: signer.map { try MetadataSigner(certificate: $0) })
            }
            return Found(provider: provider)
        } catch let error as SAMLRefusal {
            let isUnsigned = signer != nil && (error.reason == .signature || error.reason == .algorithm)
            throw MetadataUnusable(error.sentence, isUnsigned: isUnsigned)
        }
    }
}

extension MetadataSource {
    /// What is trusted of an identity provider; `nil` where its metadata cannot be read any more.
    func anchor(of provider: Tenancy.IdentityProvider) async -> TrustAnchor? {
        do {
            return TrustAnchor(try await check(provider.metadata, entityID: provider.entityID).provider)
        } catch {
            return nil
        }
    }
}

/// Metadata that cannot be had or used.
package struct MetadataUnusable: Error, CustomStringConvertible {
    package let description: String
    /// Whether the policy of the installation forbids their address.
    let isForbidden: Bool
    /// Whether it is a daemon of ours that is out of order.
    let isOurs: Bool
    /// Whether they do not bear the signature that is asked for.
    let isUnsigned: Bool

    init(_ description: String, isForbidden: Bool = false, isOurs: Bool = false, isUnsigned: Bool = false) {
        self.description = description
        self.isUnsigned = isUnsigned
        self.isForbidden = isForbidden
        self.isOurs = isOurs
    }

    /// What to do about it where an address was given.
    var advice: String? {
        if isOurs { return nil }
        if isUnsigned { return "Ask whoever publishes them which certificate they are signed with, and set that one." }
        return isForbidden
            ? "Name its host in llmproxyd.webhook_hosts, or give the metadata as a file."
            : "Open the address in a browser: it has to show the metadata of a SAML 2.0 identity provider."
    }
}

extension SAMLRefusal {
    /// What is wrong, as a sentence for an administrator.
    var sentence: String { detail.prefix(1).uppercased() + detail.dropFirst() + "." }
}
