import EventLoop
import FoundationEssentials
import Scoring
import Spending
import Tenancy
import Testing

@testable import LLMProxy

/// How calls are booked on those who make them, with no ledger but the test.
@Suite struct BudgetStateTests {
    private static let organization = OrganizationID(uuid: UUID(high: 1, low: 1))
    private static let start = Moment(nanoseconds: 1_000_000_000_000)
    private static let today = Date(timeIntervalSince1970: 1_900_000_000)
    private static let tomorrow = today + 86_400
    private static let budget = Budget(
        id: BudgetID(uuid: UUID(high: 3, low: 1)), organizationID: organization, scope: .organization, period: .day,
        limit: Money(nanoDollars: 1000), enforcement: .soft, createdAt: today)

    private let payers = (1...2).map { number in
        Payer(organization: organization, apiKey: APIKeyID(uuid: UUID(high: 2, low: UInt64(number))))
    }

    /// The state of one proxy.
    private final class Book {
        private var state: BudgetState

        init(namesSpenders: Bool) {
            state = BudgetState(BudgetSettings(), namesSpenders: namesSpenders)
        }

        var standings: [BudgetStanding] { state.standings }

        func reserve(_ payer: Payer, at date: Date = today) -> Grant? {
            let loop = RoomLoops.group.next()
            let decision = state.reserve(payer, Money(nanoDollars: 10), on: loop, at: start, date)
            guard case .granted(let grant) = decision else { return nil }
            return grant
        }

        func settle(_ grant: Grant, _ cost: Int64) {
            state.settle(grant, SpendingSum(cost: Money(nanoDollars: cost), calls: 1), at: start)
        }

        /// Returns what is granted to calls that waited for it.
        func load() -> [Grant] {
            let standing = BudgetStanding(budget: budget, spent: .zero, leased: .zero)
            return state.loaded(organization, [standing], at: start, today).compactMap { payment in
                guard case .granted(let grant) = payment.outcome else { return nil }
                return grant
            }
        }

        /// The ledger says that there is no such budget.
        func loseBudget() {
            let key = BudgetWindowKey(budget: budget.id, firstDay: UTCDay(today))
            let request = LeaseRequest(key: key, returned: .zero, minimum: .zero, wish: .zero)
            _ = state.exchanged([request], [], began: start, at: start, today)
        }

        func forget(at date: Date) { state.forget(at: start, date) }
        func lastBatch() -> SpendingBatch? { state.lastBatch(UUID()) }
    }

    @Test func callsAreBookedOnTheDayOnWhichTheyBeganHoweverTheyEnd() throws {
        let book = Book(namesSpenders: true)
        #expect(book.reserve(payers[0]) == nil, "nothing is known yet")
        let early = try #require(book.load().first)
        // The budgets are looked up anew, and a day begins, while it runs.
        #expect(book.load().isEmpty)
        let late = try #require(book.reserve(payers[0], at: Self.tomorrow))
        let other = try #require(book.reserve(payers[1], at: Self.tomorrow))
        #expect(Set([early.number, late.number, other.number]).count == 3)
        book.forget(at: Self.tomorrow)
        for (grant, cost) in [(other, 4), (early, 1), (late, 2)] { book.settle(grant, Int64(cost)) }
        #expect(book.reserve(payers[0], at: Self.tomorrow)?.number == late.number)
        let batch = try #require(book.lastBatch())
        func cost(_ id: UUID?, _ date: Date) -> Int64? {
            batch.scopes.first { $0.scope.id == id && $0.scope.day == UTCDay(date) }?.sum.cost.nanoDollars
        }
        #expect(batch.scopes.count == 5)
        #expect(cost(Self.organization.uuid, Self.today) == 1 && cost(Self.organization.uuid, Self.tomorrow) == 6)
        #expect(cost(payers[0].apiKey?.uuid, Self.today) == 1)
        #expect(payers.map { cost($0.apiKey?.uuid, Self.tomorrow) } == [2, 4])
        #expect(batch.leased.map(\.cost.nanoDollars).sorted() == [1, 6])
    }

    @Test func aCallIsTakenFromItsBudgetAlsoWhenThatWasGoneForAWhile() throws {
        let book = Book(namesSpenders: false)
        #expect(book.reserve(payers[0]) == nil)
        let running = try #require(book.load().first)
        book.loseBudget()
        #expect(book.standings.isEmpty)
        let between = try #require(book.reserve(payers[0]))
        #expect(book.load().isEmpty)
        let after = try #require(book.reserve(payers[0]))
        for (grant, cost) in [(running, 3), (between, 4), (after, 5)] { book.settle(grant, Int64(cost)) }
        #expect(book.standings.map(\.spent.nanoDollars) == [12])
        let batch = try #require(book.lastBatch())
        #expect(batch.leased.map(\.cost.nanoDollars) == [12] && batch.scopes.isEmpty)
    }
}
