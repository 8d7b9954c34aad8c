import Access
import Cryptography
import EventLoop
import FoundationEssentials
import HTTPServer
import HTTPServing
import Operations
import ProductSupport
import Records
import SAML
import Stores
import Synchronization
import Tenancy
import Testing
import WireAPI

/// Who decides what a sign-in trusts, and what the audit keeps of it.
@Suite struct MetadataTrustTests {
    @Test func whatASignInTrustsIsForOwnersToDecide() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let (id, providers) = (IdentityProviderID(uuid: scene.provider.id), server.providers.providers)
            func actor(_ role: Role) -> AuditActor {
                let principal = Principal(
                    organizationID: scene.organization, user: scene.owner.reference,
                    credential: .session(server.world.identifiers.next()), role: role, scopes: .everything,
                    defaultProjectID: server.world.identifiers.next())
                return AuditActor(principal, from: "192.0.2.1", requestID: "test")
            }
            var own = IdentityProviderSettings(name: "Of my own", defaultRole: .viewer)
            own.allowsUnsolicited = true
            let draft = OperatorIdentityProviderDraft(
                settings: OperatorIdentityProviderSettings(own), metadata: scene.standIn.metadata, revision: 1)
            await #expect(throws: PermissionDenied.self) {
                _ = try await providers.add(draft, to: scene.organization, by: actor(.admin))
            }
            await #expect(throws: PermissionDenied.self) {
                _ = try await providers.change(id, to: draft, by: actor(.admin))
            }
            await #expect(throws: PermissionDenied.self) {
                try await providers.delete(id, at: 1, by: actor(.admin))
            }
            #expect(try await providers.find(id, for: actor(.admin)).revision == 1)
            #expect(try await providers.change(id, to: draft, by: actor(.owner)).revision == 2)
        }
    }

    @Test func newCertificatesAreInTheAuditAndPeoplesChangesStay() async throws {
        try await PageServer.run { server in
            let source = try await MetadataPlace(on: server.world.loops)
            let (standIn, next) = (
                try await IdentityProviderStandIn(),
                try SAMLKey.generate(commonName: "next", now: Date(), days: 30)
            )
            // Of a list only what is said of the one that is meant is kept.
            let others = String(repeating: "<EntityDescriptor entityID=\"https://other.example\"/>", count: 2000)
            func list(_ text: String) -> String {
                "<EntitiesDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\">\(others)\(text)</EntitiesDescriptor>"
            }
            source.text = list(standIn.metadata)
            let proxy = LLMProxyClient(client: server.http, addresses: [source.url], serviceToken: "token")
            let workers = WorkerThreads(name: "trust", count: 1, queueLimit: 100)
            let (database, identifiers) = (server.world.database, server.world.identifiers)
            let address = try #require(PublicAddress(PageServer.address))
            let product = IdentityProviderProduct(
                database: database, hash: ProductWorld.hash, address: address, proxy: proxy, workers: workers,
                identifiers: identifiers, logger: ProductWorld.logger)
            let refresh = RefreshMetadata(
                store: IdentityProviderStore(database: database),
                source: MetadataSource(proxy: proxy, workers: workers),
                audit: Audit(database: database, identifiers: identifiers, logger: ProductWorld.logger), notices: nil,
                logger: ProductWorld.logger)
            let (owner, _) = try await server.world.organization()
            let settings = IdentityProviderSettings(
                name: "Read anew", metadataURL: "https://idp.example/metadata", defaultRole: .viewer)
            let made = try await product.providers.add(
                OperatorIdentityProviderDraft(settings: OperatorIdentityProviderSettings(settings)),
                to: owner.organizationID, by: PageServer.machine)
            let id = IdentityProviderID(uuid: made.id)
            func stored() async throws -> String {
                let found = try await IdentityProviderStore(database: database).find(id, of: nil)
                return try #require(found).metadata
            }
            #expect(try await stored().utf8.count < 5000)
            func entries() async throws -> [AuditEntry] {
                try await AuditStore(database: database).page(
                    of: owner.organizationID, andOfInstallation: false,
                    matching: AuditFilter(action: "identity_provider.refresh"), PageRequest(limit: 20)
                ).items.map(\.entry)
            }
            _ = try await refresh.all()
            #expect(try await entries().isEmpty, "nothing has changed")
            source.text = list(
                standIn.metadata.replacing(standIn.key.certificate.base64, with: next.certificate.base64))
            _ = try await refresh.all()
            _ = try await refresh.all()
            let kept = try #require(try await entries().first)
            #expect(try await entries().count == 1 && kept.actor.kind == .machine)
            #expect(kept.before?.contains(standIn.key.certificate.fingerprint) == true)
            #expect(kept.after?.contains(next.certificate.fingerprint) == true)
            #expect(try await stored().contains(next.certificate.base64))
            // Somebody gives metadata while others are being read.
            source.text = list(standIn.metadata.replacing("https://idp.example/sso", with: "https://evil.example/sso"))
            var changed = settings
            changed.metadataURL = nil
            let draft = OperatorIdentityProviderDraft(
                settings: OperatorIdentityProviderSettings(changed), metadata: standIn.metadata, revision: 1)
            source.meanwhile = { _ = try await product.providers.change(id, to: draft, by: PageServer.machine) }
            _ = try await refresh.all()
            #expect(try await !stored().contains("evil.example"))
            #expect(try await entries().count == 1)
        }
    }

    @Test func metadataHaveToBearTheSignatureThatIsAskedFor() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let (id, key) = (IdentityProviderID(uuid: scene.provider.id), scene.standIn.key)
            let stranger = try SAMLKey.generate(commonName: "stranger", now: Date(), days: 30)
            func change(
                _ certificate: String?, _ metadata: String?, at revision: Int
            ) async throws -> OperatorIdentityProvider {
                let settings = IdentityProviderSettings(
                    name: "Signed", metadataCertificate: certificate, defaultRole: .viewer)
                return try await server.providers.providers.change(
                    id,
                    to: OperatorIdentityProviderDraft(
                        settings: OperatorIdentityProviderSettings(settings), metadata: metadata, revision: revision),
                    by: PageServer.machine)
            }
            let signed = try scene.standIn.signedMetadata()
            for (certificate, metadata) in [
                (key.certificatePEM, scene.standIn.metadata), (stranger.certificatePEM, signed),
                ("nonsense", signed),
                // What is there already was never seen with a signature.
                (key.certificatePEM, nil),
            ] as [(String, String?)] {
                await #expect(throws: InvalidDefinition.self) { try await change(certificate, metadata, at: 1) }
            }
            let changed = try await change(key.certificatePEM, signed, at: 1)
            #expect(changed.revision == 2 && changed.metadata.signer?.fingerprint == key.certificate.fingerprint)
            // Other settings can be changed without giving them again.
            #expect(try await change(key.certificatePEM, nil, at: 2).revision == 3)
            #expect(try await change(nil, scene.standIn.metadata, at: 3).metadata.signer == nil)
        }
    }

    @Test func metadataThatDoNotHoldAnyMoreSignNobodyIn() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let ended = scene.standIn.metadata.replacing(
                "entityID=", with: "validUntil=\"2020-01-01T00:00:00Z\" entityID=")
            let draft = OperatorIdentityProviderDraft(settings: scene.provider.settings, metadata: ended, revision: 1)
            let id = IdentityProviderID(uuid: scene.provider.id)
            _ = try await server.providers.providers.change(id, to: draft, by: PageServer.machine)
            let test = try await server.providers.checks.test(id, by: PageServer.machine)
            let key = try #require(test.checks.first { $0.name == "Our key" })
            #expect(key.outcome == .bad && key.finding.contains("valid until 2020-01-01"))
        }
    }

    @Test(arguments: [
        ("http://idp.example/metadata", false), ("http://localhost.evil.example/", false),
        ("http://127.0.0.1:9/metadata", true), ("https://idp.example/metadata", true),
    ]) func metadataAreReadWhereNobodyCanChangeThemOnTheWay(url: String, isAllowed: Bool) async throws {
        try await PageServer.run { server in
            let (owner, _) = try await server.world.organization()
            let draft = OperatorIdentityProviderDraft(
                settings: OperatorIdentityProviderSettings(
                    IdentityProviderSettings(name: "A", metadataURL: url, defaultRole: .viewer)))
            do {
                _ = try await server.providers.providers.add(
                    draft, to: owner.organizationID, by: PageServer.machine)
                Issue.record("there is nobody who reads")
            } catch let invalid as InvalidDefinition {
                #expect(invalid.description.contains("over https://") != isAllowed, "\(invalid.description)")
            }
        }
    }
}

/// What the LLM proxy is asked to read, and what it finds.
private final class MetadataPlace: Sendable {
    private struct Script {
        var text = ""
        var meanwhile: (@Sendable () async throws -> Void)?
    }

    private let script: Mutex<Script>
    private let listener: HTTPListener

    var url: String { "http://127.0.0.1:\(listener.port)" }
    var text: String {
        get { script.withLock { $0.text } }
        set { script.withLock { $0.text = newValue } }
    }
    /// What happens once before it answers.
    var meanwhile: (@Sendable () async throws -> Void)? {
        get { script.withLock { $0.meanwhile } }
        set { script.withLock { $0.meanwhile = newValue } }
    }

    init(on loops: LoopGroup) async throws {
        let holder = Holder()
        listener = HTTPListener(settings: HTTPListenerSettings(), loops: loops) { _ in
            guard let place = holder.place.withLock({ $0 }) else { return .text("", status: 503) }
            do {
                try await place.script.withLock { script in
                    defer { script.meanwhile = nil }
                    return script.meanwhile
                }?()
            } catch {
                return .text("\(error)", status: 500)
            }
            return .json(ProxyFetchResult(status: 200, sentence: "", text: place.text))
        }
        script = Mutex(Script())
        holder.place.withLock { $0 = self }
        try await listener.start()
    }

    private final class Holder: Sendable {
        let place = Mutex<MetadataPlace?>(nil)
    }
}
