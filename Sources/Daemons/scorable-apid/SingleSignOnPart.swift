import Access
import DaemonRuntime
import EventLoop
import HTTPServing
import OperatorAPI
import Operations
import PublicAPI
import SignInPages
import Tenancy

/// What people sign in by beside passwords: identity providers, and the pages that a browser sees.
struct SingleSignOnPart {
    let pages: Router
    private let providers: IdentityProviderProduct
    private let singleSignOn: SingleSignOn
    private let address: PublicAddress

    init(
        _ server: APIServer, _ product: Product, _ people: PeopleProduct, _ signIns: SignInProduct,
        _ hash: CredentialHash, _ proxies: LLMProxyClient, _ trail: AuditTrail,
        in composition: inout Composition<APIServerSettings>
    ) {
        let (database, identifiers, logger) = (server.database, composition.identifiers, composition.logger)
        address = server.settings.publicAddress
        let workers = WorkerThreads(name: "saml", count: 2, queueLimit: 200)
        composition.add(Service("SAML", stop: { _ in workers.shutdown() }))
        providers = IdentityProviderProduct(
            database: database, hash: hash, address: address, proxy: proxies, workers: workers,
            identifiers: identifiers, notices: product.notices, changes: product.changes,
            logger: logger)
        singleSignOn = SingleSignOn(
            providers, database: database, signIn: signIns.signIn, hash: hash, identifiers: identifiers,
            changes: product.changes, metrics: composition.metrics, logger: logger, trail: trail)
        pages =
            BrowserPages(
                frame: PageFrame(deployment: server.settings.deploymentName, address: address, hash: hash),
                singleSignOn: singleSignOn, people: people, mapping: ClientProblems.mapping
            ).router
    }

    var providerRoutes: IdentityProviderRoutes { IdentityProviderRoutes(providers) }

    /// What terminals ask for that wait for a browser.
    func terminalRoutes(_ account: AccountRoutes) -> DeviceLoginRoutes {
        DeviceLoginRoutes(singleSignOn, account: account, address: address)
    }
}
