import EventLoop
import FoundationEssentials
import Postgres
import Scoring
import Spending
import Stores
import Tenancy
import TestSupport
import Testing

@testable import LLMProxy

/// What becomes of budgets when proxies or the database die.
@Suite struct BudgetOutageTests {
    @Test func whatADeadProxyHadSetAsideCountsAsSpent() async throws {
        let world = try await BudgetWorld.shared()
        try await RoomLoops.run {
            var settings = BudgetSettings()
            settings.leaseLifetime = .seconds(2)
            let (doomed, heir) = (PayingProxy(world, settings), PayingProxy(world, settings))
            let payer = try await world.payer()
            try await world.budget(10_000, for: payer)
            #expect(try await doomed.call(payer, worst: 5000, cost: 3000))
            let lost = try await doomed.budgets.reserve(
                payer, Money(nanoDollars: 6000), until: .after(.seconds(5)))
            #expect(try await becomesTrue { try await world.spent(payer.organization.uuid) == 3000 })
            // It ends between the reservation and its settlement: the provider goes on, and will want to be paid.
            await doomed.database.close()
            let isKnown = try await becomesTrue {
                do throws(BudgetRefusal) {
                    let reservation = try await heir.budgets.reserve(
                        payer, Money(nanoDollars: 1001), until: .after(.seconds(5)))
                    reservation.release()
                } catch {
                    return error.standing.map { $0.spent >= Money(nanoDollars: 9000) } ?? false
                }
                Issue.record("there was money for one call more than the limit bears")
                return true
            }
            #expect(isKnown)
            #expect(try await world.spent(payer.organization.uuid) == 3000, "what is known is told from what is feared")
            #expect(lost.warnings.isEmpty)
            await heir.stop()
            await doomed.budgets.stop(within: .zero)
        }
    }

    @Test func aProxyThatComesBackGivesBackWhatItDoesNotNeed() async throws {
        let world = try await BudgetWorld.shared()
        try await RoomLoops.run {
            let (late, other) = (PayingProxy(world), PayingProxy(world))
            let payer = try await world.payer()
            try await world.budget(10_000, for: payer)
            let slow = try await late.budgets.reserve(payer, Money(nanoDollars: 9000), until: .after(.seconds(5)))
            try await world.database.execute(
                """
                UPDATE budget_leases SET expires_at = now() - interval '1 second'
                WHERE organization_id = \(payer.organization)
                """)
            #expect(try await !other.call(payer, worst: 1001, cost: 0))
            slow.settle(Money(nanoDollars: 500), promptTokens: 1, completionTokens: 1)
            #expect(try await becomesTrue { try await other.call(payer, worst: 9500, cost: 0) })
            #expect(try await world.spent(payer.organization.uuid) == 500)
            for proxy in [late, other] { await proxy.stop() }
        }
    }

    @Test func aCallThatEndsAfterItsLeaseIsBookedAllTheSame() async throws {
        let world = try await BudgetWorld.shared()
        try await RoomLoops.run {
            let proxy = PayingProxy(world)
            let payer = try await world.payer()
            try await world.budget(10_000, for: payer)
            let slow = try await proxy.budgets.reserve(payer, Money(nanoDollars: 9000), until: .after(.seconds(5)))
            try await world.database.execute(
                "DELETE FROM budget_leases WHERE organization_id = \(payer.organization)")
            slow.settle(Money(nanoDollars: 8000), promptTokens: 1, completionTokens: 1)
            #expect(try await becomesTrue { try await world.spent(payer.organization.uuid) == 8000 })
            #expect(try await becomesTrue { try await !proxy.call(payer, worst: 2001, cost: 0) })
            await proxy.stop()
        }
    }

    @Test func aBatchIsBookedOnceHoweverOftenItIsSent() async throws {
        let world = try await BudgetWorld.shared()
        try await RoomLoops.run {
            let ledger = SpendingLedger(database: world.database)
            let payer = try await world.payer()
            let scope = SpendingScope(
                organization: payer.organization, id: payer.organization.uuid, day: UTCDay(number: 20_000))
            let batch = SpendingBatch(
                id: UUID(), scopes: [(scope, SpendingSum(cost: Money(nanoDollars: 11), calls: 1))], leased: [])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try await ledger.record(batch, of: UUID()) } }
                try await group.waitForAll()
            }
            #expect(try await world.spent(payer.organization.uuid) == 11)
        }
    }

    @Test func callsGoOnWithWhatIsSetAsideWhileTheDatabaseIsAwayAndNothingIsLost() async throws {
        let world = try await BudgetWorld(try await PrivatePostgres.start())
        try await RoomLoops.run {
            let proxy = PayingProxy(world)
            let payer = try await world.payer()
            try await world.budget(1_000_000, for: payer)
            var spent: Int64 = 0
            // Enough of them, so that some is in store.
            for _ in 0..<200 where try await proxy.call(payer, worst: 500, cost: 100) { spent += 100 }
            try await world.server.kill()
            var passed = 0
            for _ in 0..<10 {
                do {
                    if try await proxy.call(payer, worst: 500, cost: 100) {
                        passed += 1
                        spent += 100
                    }
                } catch {
                    continue
                }
            }
            #expect(passed >= 5, "\(passed)")
            let refusal = await #expect(throws: BudgetRefusal.self) {
                try await proxy.budgets.reserve(payer, Money(nanoDollars: 900_000), until: .after(.seconds(5)))
            }
            #expect(refusal?.kind == .unavailable)
            #expect(try await becomesTrue { !proxy.budgets.isAvailable })
            try await world.server.restart()
            let expected = spent
            #expect(
                try await becomesTrue(within: .seconds(20)) {
                    do {
                        return try await world.spent(payer.organization.uuid) == expected
                    } catch {
                        return false
                    }
                })
            #expect(
                try await becomesTrue {
                    do {
                        return try await proxy.call(payer, worst: 900_000, cost: 0)
                    } catch {
                        return false
                    }
                })
            await proxy.stop()
            await world.database.close()
        }
        try await world.server.stop()
    }
}
