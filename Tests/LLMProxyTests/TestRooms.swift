import ChatModel
import EventLoop
import FoundationEssentials
import HTTPTransfer
import Logging
import Observability
import Providers
import Scoring
import Spending
import Stores
import Tenancy

@testable import LLMProxy

/// Says nothing.
let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

extension Tariff {
    /// A dollar for a million prompt tokens, two for a million others, and as much as a token for an image.
    static let test = Tariff(
        input: Money(nanoDollars: 1_000_000_000), output: Money(nanoDollars: 2_000_000_000),
        image: Money(nanoDollars: 1000))
}

extension Prices {
    /// Everything costs the same.
    static var test: Prices {
        Prices(
            source: {
                [
                    PriceEntry(
                        id: PriceEntryID(uuid: UUID()), organizationID: nil, provider: "*", model: "*",
                        validFrom: Date(timeIntervalSince1970: 0), tariff: .test)
                ]
            }, logger: silent, now: { Date() })
    }
}

extension LimitTable {
    /// Nothing is limited.
    static var test: LimitTable { LimitTable(source: { [] }, logger: silent) }
}

extension KeyPools {
    /// Without `keys` no provider has any.
    static func test(
        _ governor: Governor, _ keys: @escaping @Sendable ([ProviderID]) -> [SealedProviderKey] = { _ in [] }
    ) -> KeyPools {
        KeyPools(
            governor: governor, limits: .test, logger: silent, source: { keys($0) },
            open: { ProviderKey(String(decoding: $0, as: UTF8.self)) })
    }
}

extension Governor {
    /// Alone, on `loop`.
    static func test(on loop: Loop, _ metrics: Metrics) -> Governor {
        Governor(
            redis: nil, loop: loop, settings: GovernorSettings(), proxy: UUID(), metrics: metrics, logger: silent)
    }
}

extension RoutePreparation {
    /// With nothing limited and everything priced.
    static func test(
        on loop: Loop, states: DeploymentStates? = nil, probes: ProviderProbes? = nil, governor: Governor? = nil,
        pools: KeyPools? = nil, metrics: Metrics = Metrics()
    ) -> RoutePreparation {
        let client = HTTPClient(loops: TestLoops.group)
        let tokens = AccessTokens(client: client, loops: TestLoops.group, now: { Date() })
        let governor = governor ?? .test(on: loop, metrics)
        return RoutePreparation(
            states: states ?? DeploymentStates(policy: CircuitBreaker.Policy(), metrics: metrics),
            probes: probes ?? ProviderProbes(client: client, tokens: tokens, interval: .zero, now: { Date() }),
            governor: governor, limits: .test, prices: .test, pools: pools ?? .test(governor))
    }
}
