import Access
import Cryptography
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPServing
import HTTPTransfer
import Observability
import Operations
import Postgres
import ProductSupport
import PublicAPI
import Records
import SignInPages
import Stores
import Synchronization
import Tenancy
import Testing
import WireAPI

/// The pages over a database and a Redis, for all tests of the process. Each test makes organisations of its own.
struct PageServer: Sendable {
    let world: ProductWorld
    let signIns: SignInProduct
    let providers: IdentityProviderProduct
    let singleSignOn: SingleSignOn
    let http: HTTPClient
    /// Held, so that it goes on serving.
    private let listener: HTTPListener

    /// Where browsers are told that it is. The pages are asked for at its port, whatever that says.
    static let address = "https://scorable.example"
    private static let shared = Task { try await start() }

    /// Runs a test on one of the loops.
    static func run(_ body: @escaping @Sendable (PageServer) async throws -> Void) async throws {
        let server = try await shared.value
        try await server.world.loops.next().run { try await body(server) }
    }

    private static func start() async throws -> PageServer {
        let world = try await ProductWorld(named: "pages-test")
        return try await world.loops.next().run { try await PageServer(world) }
    }

    private init(_ world: ProductWorld) async throws {
        self.world = world
        let (database, hash, identifiers) = (world.database, ProductWorld.hash, world.identifiers)
        let address = try #require(PublicAddress(Self.address))
        http = HTTPClient(loops: world.loops)
        let proxy = LLMProxyClient(client: http, addresses: ["http://127.0.0.1:9"], serviceToken: "token")
        let product = world.product(http, scoresFrom: "http://127.0.0.1:9", modelsFrom: ["http://127.0.0.1:9"])
        signIns = SignInProduct(
            database: database, hash: hash, passwords: PasswordChecks(),
            attempts: SignInAttempts(redis: world.redis, hash: hash, logger: ProductWorld.logger), issuer: "test",
            identifiers: identifiers, changes: product.changes, logger: ProductWorld.logger)
        providers = IdentityProviderProduct(
            database: database, hash: hash, address: address, proxy: proxy,
            workers: WorkerThreads(name: "saml", count: 2, queueLimit: 100), identifiers: identifiers,
            logger: ProductWorld.logger)
        singleSignOn = SingleSignOn(
            providers, database: database, signIn: signIns.signIn, hash: hash, identifiers: identifiers,
            changes: product.changes, metrics: Metrics(), logger: ProductWorld.logger)
        let pages = BrowserPages(
            frame: PageFrame(deployment: "Test & <Try>", address: address, hash: hash), singleSignOn: singleSignOn,
            people: PeopleProduct(
                database: database, address: address, passwords: PasswordChecks(), identifiers: identifiers,
                changes: product.changes, logger: ProductWorld.logger), mapping: ClientProblems.mapping)
        listener = try await world.serve(
            pages.router, RequestPipeline.Options(listener: "public"), mapping: ClientProblems.mapping)
    }

    func browser() -> Browser { Browser(http: http, port: listener.port) }

    /// A new organisation with an identity provider, whose group `eng` makes engineers.
    func scene(
        _ change: @Sendable (inout IdentityProviderSettings) -> Void = { _ in }
    ) async throws -> SingleSignOnScene {
        let (owner, _) = try await world.organization()
        let standIn = try await IdentityProviderStandIn()
        var settings = IdentityProviderSettings(
            name: "Own", roles: [.init(group: "admins", role: .admin), .init(group: "eng", role: .engineer)])
        change(&settings)
        let draft = OperatorIdentityProviderDraft(
            settings: OperatorIdentityProviderSettings(settings), metadata: standIn.metadata)
        let made = try await providers.providers.add(draft, to: owner.organizationID, by: Self.machine)
        return SingleSignOnScene(server: self, owner: owner, standIn: standIn, provider: made)
    }

    /// Whoever administers on the server.
    static let machine = AuditActor(machineUser: "root", requestID: "test")
}

/// An organisation with an identity provider.
struct SingleSignOnScene: Sendable {
    let server: PageServer
    let owner: User
    let standIn: IdentityProviderStandIn
    let provider: OperatorIdentityProvider

    var organization: OrganizationID { owner.organizationID }

    /// The path of an address of ours.
    func path(_ url: String) -> String { String(url.dropFirst(PageServer.address.count)) }

    var signInPath: String { "/saml/\(provider.id.uuidString.lowercased())/sign-in" }

    /// Somebody who is new everywhere.
    func person(groups: [String] = ["eng"]) -> IdentityProviderStandIn.Person {
        let name = UUID().uuidString.lowercased()
        return IdentityProviderStandIn.Person(name: name, email: "\(name)@example.org", groups: groups)
    }

    /// Goes to the identity provider, which says that somebody is `person`. Answers what we say to that.
    func signIn(_ person: IdentityProviderStandIn.Person, in browser: Browser) async throws -> Browser.Answer {
        let request = try await begin(in: browser)
        return try await bring(try standIn.response(to: request, for: provider.ours, person), in: browser)
    }

    /// Goes to the identity provider. Answers what has to be answered there.
    func begin(in browser: Browser) async throws -> String {
        let left = try await browser.get(signInPath)
        #expect(left.status == 303 && left.location.hasPrefix("https://idp.example/sso?SAMLRequest="))
        let rows = try await server.world.database.query(
            """
            SELECT id FROM saml_requests WHERE provider_id = \(IdentityProviderID(uuid: provider.id))
            ORDER BY created_at DESC, id LIMIT 1
            """)
        return try #require(try rows.first?.decode("id", as: String.self))
    }

    /// Posts what an identity provider has said, from its page, and goes where that leads. Answers what we say to it.
    func bring(_ response: String, in browser: Browser) async throws -> Browser.Answer {
        let answer = try await post(response, in: browser)
        _ = try await browser.follow(answer)
        return answer
    }

    /// Posts what an identity provider has said, from its page, and goes nowhere.
    func post(_ response: String, in browser: Browser) async throws -> Browser.Answer {
        try await browser.post(path(provider.ours.callbackAddress), ["SAMLResponse": response], from: .anotherSite)
    }

    /// Lets a terminal sign in as somebody, from its code on.
    func open(_ person: IdentityProviderStandIn.Person, in browser: Browser) async throws -> DeviceLogins.Outcome {
        let devices = server.singleSignOn.devices
        let begun = try await devices.begin(client: "test/1", host: "desk", at: "192.0.2.7")
        #expect(try await browser.submit("/device", ["code": begun.userCode.description]).status == 200)
        #expect(try await signIn(person, in: browser).status == 303)
        #expect(try await browser.submit("/device/decision", ["decision": "allow"]).status == 200)
        return try await devices.outcome(of: begun.deviceCode)
    }

    /// Allows a terminal to sign in as somebody; it does not ask yet.
    func allow(_ person: IdentityProviderStandIn.Person, in browser: Browser) async throws -> String {
        let begun = try await server.singleSignOn.devices.begin(client: "test/1", host: "desk", at: "192.0.2.7")
        _ = try await browser.submit("/device", ["code": begun.userCode.description])
        _ = try await signIn(person, in: browser)
        #expect(try await browser.submit("/device/decision", ["decision": "allow"]).status == 200)
        return begun.deviceCode
    }

    /// Why the audit says that the last sign-ins were refused, the newest first.
    func refusals() async throws -> [String] {
        let entries = try await AuditStore(database: server.world.database).page(
            of: organization, andOfInstallation: false,
            matching: AuditFilter(action: "saml.sign_in", outcome: .refused), PageRequest(limit: 20))
        return entries.items.compactMap(\.entry.after)
    }

    func user(_ email: String) async throws -> User? {
        try await UserStore(database: server.world.database).findForSignIn(email: email)?.user
    }
}
