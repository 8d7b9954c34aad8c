import Tenancy
import Terminal
import WireAPI

/// The lists of the room of providers. That of the providers is the room itself, the others lie over it.
package enum ProviderSection: Sendable, Hashable, CaseIterable {
    case providers
    case models
    case prices
    case budgets
    case spending

    var title: String {
        switch self {
        case .providers: "Providers"
        case .models: "Models"
        case .prices: "Prices"
        case .budgets: "Budgets"
        case .spending: "Spending"
        }
    }

    /// What one must be allowed to do to see it.
    var permission: Permission {
        switch self {
        case .providers: .providerRead
        case .models: .modelRead
        case .prices: .priceRead
        case .budgets, .spending: .budgetRead
        }
    }

    /// Those that a role has.
    static func offered(_ scope: Scope) -> [ProviderSection] {
        allCases.filter { $0 == .providers || scope.may($0.permission) }
    }

    /// All of them for the address line, the present one in brackets.
    func segments(_ scope: Scope) -> [Segment] {
        let offered = Self.offered(scope)
        return TabSegments.of(offered.map(\.title), present: offered.firstIndex(of: self) ?? 0, scope)
    }
}

/// Tabs in the address line.
enum TabSegments {
    /// What stands at the right of them.
    private static let rest = 24

    /// All titles with the present one in brackets; on a narrow screen that one, and which of them it is.
    static func of(_ titles: [String], present: Int, _ scope: Scope) -> [Segment] {
        let width = titles.reduce(rest) { $0 + $1.columns + 2 }
        guard scope.size.columns < width, titles.indices.contains(present) else {
            return titles.enumerated().map { $0 == present ? Segment("[\($1)]", .strong) : Segment($1) }
        }
        return [Segment("[\(titles[present])]", .strong), Segment("\(present + 1) of \(titles.count)")]
    }
}

extension ScreenContext {
    /// Goes on to another list of the room of providers, around the ends.
    mutating func step(from section: ProviderSection, by count: Int) {
        let sections = ProviderSection.offered(scope)
        let index = sections.firstIndex(of: section) ?? 0
        let next = sections[(index + count + sections.count) % sections.count]
        guard next != section else { return }
        if section != .providers { pop() }
        switch next {
        case .providers: break
        case .models: push(ModelsScreen())
        case .prices: push(PricesScreen())
        case .budgets: push(BudgetsScreen())
        case .spending: push(SpendingScreen())
        }
    }
}
