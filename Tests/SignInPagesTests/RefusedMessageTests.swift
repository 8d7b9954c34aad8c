import FoundationEssentials
import Observability
import HTTPMessages
import HTTPTransfer
import Operations
import Postgres
import ProductSupport
import Records
import Stores
import Tenancy
import Testing
import WireAPI

/// What is refused is kept, and whoever has sent it learns nothing.
@Suite struct RefusedMessageTests {
    @Test func whateverIsWrongIsAnsweredAlikeAndKept() async throws {
        try await PageServer.run { server in
            let scene = try await server.scene()
            let (browser, id) = (server.browser(), IdentityProviderID(uuid: scene.provider.id))
            func attempt(_ name: String, _ path: String, _ post: () async throws -> Browser.Answer) async throws {
                let before = try await entries(scene, path)
                let answer = try await post()
                #expect(answer.status == 403 && answer.text.contains("You were not signed in"), "\(name): \(answer)")
                #expect(try await entries(scene, path) == before + 1, "\(name) leaves an entry")
            }
            for address in [scene.provider.ours.callbackAddress, scene.provider.ours.signOutAddress] {
                let path = scene.path(address)
                try await attempt("too long", path) {
                    try await browser.post(
                        path, ["SAMLResponse": String(repeating: "A", count: 600 << 10)], from: .anotherSite)
                }
                try await attempt("no form", path) { try await browser.post(path, json: "{}") }
                try await attempt("nothing", path) { try await browser.post(path, [:], from: .anotherSite) }
            }
            let path = scene.path(scene.provider.ours.callbackAddress)
            let bytes: [UInt8] = [1]
            try await server.world.database.execute(
                "UPDATE identity_provider_keys SET sealed_private_key = \(bytes) WHERE provider_id = \(id)")
            try await attempt("our key cannot be opened", path) {
                try await scene.post(
                    try scene.standIn.response(to: nil, for: scene.provider.ours, scene.person()), in: browser)
            }
            try await server.world.database.execute(
                "UPDATE identity_providers SET is_enabled = false WHERE id = \(id)")
            try await attempt("switched off", path) { try await browser.post(path, ["SAMLResponse": "A"]) }
        }
    }

    private func entries(_ scene: SingleSignOnScene, _ path: String) async throws -> Int {
        let action = path.hasSuffix("slo") ? "saml.sign_out" : "saml.sign_in"
        return try await entries(of: scene.organization, action, in: scene.server).count
    }

    private func entries(
        of organization: OrganizationID, _ action: String, in server: PageServer
    ) async throws -> [AuditEntry.Outcome] {
        try await server.world.database.query(
            "SELECT outcome FROM audit_entries WHERE organization_id = \(organization) AND action = \(action)"
        ).map { try $0.decode("outcome") }
    }

    @Test func aFloodOfRefusalsIsKeptInFewEntries() async throws {
        try await PageServer.run { server in
            let (scene, now, world) = (try await server.scene(), Date(), server.world)
            let trail = AuditTrail(
                database: world.database, loops: world.loops, identifiers: world.identifiers, metrics: Metrics(),
                logger: ProductWorld.logger)
            let product = world.product(
                server.http, scoresFrom: "http://127.0.0.1:9", modelsFrom: ["http://127.0.0.1:9"])
            let singleSignOn = SingleSignOn(
                server.providers, database: world.database, signIn: server.signIns.signIn, hash: ProductWorld.hash,
                identifiers: world.identifiers, changes: product.changes, metrics: Metrics(),
                logger: ProductWorld.logger, trail: trail,
                now: { now })
            let id = IdentityProviderID(uuid: scene.provider.id)
            for number in 0..<90 {
                let browser = SAMLSignIns.Browser(hash: [1], address: "192.0.2.77", requestID: "r\(number)")
                await #expect(throws: SingleSignOnRefused.self) {
                    _ = try await singleSignOn.signIns.accept(by: id, in: browser) { "no base64" }
                }
            }
            #expect(try await entries(of: scene.organization, "saml.sign_in", in: server).count == 61)
            await trail.close()
            #expect(try await entries(of: scene.organization, "saml.sign_in", in: server).count == 62, "with a number")
        }
    }

    @Test func anAddressBeginsSoOftenAMinuteAndKeepsNobodyElseOut() async throws {
        try await PageServer.run { server in
            let (scene, now) = (try await server.scene(), Date())
            let product = server.world.product(
                server.http, scoresFrom: "http://127.0.0.1:9", modelsFrom: ["http://127.0.0.1:9"])
            let singleSignOn = SingleSignOn(
                server.providers, database: server.world.database, signIn: server.signIns.signIn,
                hash: ProductWorld.hash, identifiers: server.world.identifiers, changes: product.changes,
                metrics: Metrics(), logger: ProductWorld.logger, now: { now })
            let id = IdentityProviderID(uuid: scene.provider.id)
            func begin(_ address: String) async throws -> Bool {
                let browser = SAMLSignIns.Browser(hash: [1], address: address, requestID: "r")
                do {
                    _ = try await singleSignOn.signIns.begin(at: id, in: browser, isForced: false)
                    return true
                } catch is TooManySignIns {
                    return false
                }
            }
            var begun = 0
            for number in 0..<310 where try await begin("2001:db8:2:1::\(number)") { begun += 1 }
            #expect(begun == 300)
            #expect(try await begin("2001:db8:2:2::1"))
            var terminals = 0
            for number in 0..<210 {
                do {
                    _ = try await singleSignOn.devices.begin(client: "c", host: nil, at: "2001:db8:3:1::\(number)")
                    terminals += 1
                } catch is TooManySignIns {
                    continue
                }
            }
            #expect(terminals == 200)
        }
    }
}
