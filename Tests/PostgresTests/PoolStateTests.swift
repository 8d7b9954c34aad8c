import TestSupport
import Testing

@testable import Postgres

@Suite struct PoolStateTests {
    private let start = ContinuousClock.now

    private func pool(size: Int = 2, queue: Int = 10) -> PoolState {
        var limits = PoolState.Limits()
        limits.size = size
        limits.queue = queue
        limits.idleLifetime = .seconds(60)
        limits.connectionLifetime = .seconds(600)
        limits.patience = .seconds(5)
        return PoolState(limits: limits)
    }

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private func queue(_ pool: inout PoolState, at moment: Double = 0) -> PoolState.WaiterID? {
        guard case .queued(let waiter) = pool.enqueue(until: at(moment + 5), now: at(moment)) else { return nil }
        return waiter
    }

    /// `#require` cannot take a call that changes its receiver.
    private func unwrapped(_ id: Int?) throws -> Int {
        try #require(id)
    }

    /// Opens a connection and leaves it idle.
    private func park(_ pool: inout PoolState, at moment: Double = 0) throws -> PoolState.ConnectionID {
        let waiter = try unwrapped(queue(&pool, at: moment))
        let id = try unwrapped(pool.openNext())
        #expect(pool.opened(id, now: at(moment), share: 1) == .handOver(to: waiter))
        #expect(pool.release(id, isReusable: true, now: at(moment)) == .park)
        return id
    }

    @Test func theFirstCallerOpensAConnectionAndTheNextReusesIt() throws {
        var pool = pool()
        let id = try park(&pool)
        #expect(pool.takeIdle() == id)
        #expect(pool.takeIdle() == nil)
        #expect(pool.leasedCount == 1)
        #expect(pool.openNext() == nil)
    }

    @Test func noMoreConnectionsAreOpenedThanAllowedOrNeeded() throws {
        var pool = pool(size: 2)
        _ = queue(&pool)
        #expect(pool.openNext() != nil)
        #expect(pool.openNext() == nil, "one waiter, one attempt")
        for _ in 0..<5 { _ = queue(&pool) }
        #expect(pool.openNext() != nil)
        #expect(pool.openNext() == nil, "the pool is full")
    }

    @Test func noConnectionToAServerThatWillNotDoIsLeasedAgain() throws {
        var pool = pool(size: 2)
        let first = try park(&pool)
        #expect(pool.takeIdle() == first)
        let second = try park(&pool)
        #expect(pool.distrust(now: at(2)) == [second], "the idle one is to be closed")
        #expect(pool.takeIdle() == nil)
        #expect(pool.release(first, isReusable: true, now: at(2)) == .close, "the other one when it comes back")
        #expect(pool.openCount == 0)
        _ = try unwrapped(queue(&pool, at: 2))
        #expect(pool.openNext() != nil, "and new ones are opened")
    }

    @Test func waitersAreServedInTheOrderTheyCame() throws {
        var pool = pool(size: 1)
        let id = try park(&pool)
        #expect(pool.takeIdle() == id)
        let waiters = (0..<4).compactMap { _ in queue(&pool) }
        #expect(pool.withdraw(waiters[1]) == true)
        for waiter in [waiters[0], waiters[2], waiters[3]] {
            #expect(pool.release(id, isReusable: true, now: at(1)) == .handOver(to: waiter))
        }
        #expect(pool.release(id, isReusable: true, now: at(1)) == .park)
    }

    @Test func aFullQueueRefusesFurtherCallers() throws {
        var pool = pool(size: 1, queue: 2)
        _ = queue(&pool)
        _ = queue(&pool)
        #expect(pool.enqueue(until: at(5), now: at(0)) == .refused(.queueFull))
    }

    @Test func aWaiterThatRanOutOfTimeIsNotServedAfterwards() throws {
        var pool = pool(size: 1)
        let id = try park(&pool)
        _ = pool.takeIdle()
        let waiter = try unwrapped(queue(&pool))
        #expect(pool.expire(waiter) == .timedOut)
        #expect(pool.expire(waiter) == nil)
        #expect(pool.release(id, isReusable: true, now: at(6)) == .park)
    }

    @Test func aBrokenConnectionIsReplacedForWhoWaits() throws {
        var pool = pool(size: 1)
        let id = try park(&pool)
        _ = pool.takeIdle()
        let waiter = try unwrapped(queue(&pool))
        #expect(pool.release(id, isReusable: false, now: at(1)) == .close)
        let replacement = try unwrapped(pool.openNext())
        #expect(pool.opened(replacement, now: at(1), share: 1) == .handOver(to: waiter))
    }

    @Test func idleAndOldConnectionsAreClosed() throws {
        var pool = pool()
        let id = try park(&pool)
        #expect(pool.sweep(now: at(59)) == [])
        #expect(pool.sweep(now: at(60)) == [id])
        #expect(pool.openCount == 0)
        let second = try park(&pool, at: 100)
        for moment in stride(from: 100.0, to: 699, by: 50) {
            #expect(pool.takeIdle() == second)
            #expect(pool.release(second, isReusable: true, now: at(moment)) == .park)
        }
        _ = pool.takeIdle()
        #expect(pool.release(second, isReusable: true, now: at(700)) == .close, "ten minutes old")
    }

    @Test func retriesBackOffToHalfASecondAndSucceedAtOnceWhenTheServerIsBack() throws {
        var pool = pool()
        let waiter = try unwrapped(queue(&pool))
        var id = try unwrapped(pool.openNext())
        var moment = 0.0
        for expected in [50, 100, 200, 400, 500, 500] {
            let setback = pool.openFailed(id, now: at(moment), jitter: 1)
            #expect(setback == PoolState.Setback(retry: .milliseconds(expected)))
            #expect(pool.isServerDown)
            #expect(pool.openNext() == nil, "nobody storms a server that is away")
            moment += Double(expected) / 1000
            id = try unwrapped(pool.probe())
        }
        #expect(pool.opened(id, now: at(moment), share: 1) == .handOver(to: waiter))
        #expect(!pool.isServerDown)
    }

    @Test func aServerThatIsAwayIsProbedWithoutAnyWaiter() throws {
        var pool = pool()
        let waiter = try unwrapped(queue(&pool))
        let id = try unwrapped(pool.openNext())
        _ = pool.openFailed(id, now: at(0), jitter: 1)
        #expect(pool.expire(waiter) == .serverDown)
        let probe = try unwrapped(pool.probe())
        #expect(pool.opened(probe, now: at(1), share: 1) == .park)
    }

    @Test func callersDoNotWaitForAServerThatHasBeenAwayTooLong() throws {
        var pool = pool()
        _ = queue(&pool)
        let id = try unwrapped(pool.openNext())
        _ = pool.openFailed(id, now: at(0), jitter: 1)
        #expect(queue(&pool, at: 4) != nil, "it may be back soon")
        #expect(pool.enqueue(until: at(5.1 + 5), now: at(5.1)) == .refused(.serverDown))
    }

    @Test func callersWhoseDeadlineComesBeforeTheRetryFailAtOnce() throws {
        var pool = pool()
        guard case .queued(let hasty) = pool.enqueue(until: at(0.04), now: at(0)) else { return }
        let patient = queue(&pool)
        let first = try unwrapped(pool.openNext())
        _ = pool.openNext()
        let setback = pool.openFailed(first, now: at(0), jitter: 1)
        #expect(setback.refused == [hasty])
        #expect(patient != nil)
        #expect(pool.enqueue(until: at(0.05), now: at(0.01)) == .refused(.serverDown))
    }

    @Test func failuresOfParallelAttemptsCountOnce() throws {
        var pool = pool(size: 2)
        _ = queue(&pool)
        _ = queue(&pool)
        let first = try unwrapped(pool.openNext())
        let second = try unwrapped(pool.openNext())
        #expect(pool.openFailed(first, now: at(0), jitter: 1).retry == .milliseconds(50))
        #expect(pool.openFailed(second, now: at(0), jitter: 1).retry == nil)
    }

    @Test func closingDrainsLeasesAndRefusesTheRest() throws {
        var pool = pool(size: 2)
        let id = try park(&pool)
        _ = pool.takeIdle()
        let waiter = try unwrapped(queue(&pool))
        let attempt = try unwrapped(pool.openNext())
        let (parked, refused) = pool.close()
        #expect(parked.isEmpty)
        #expect(refused == [waiter])
        #expect(pool.enqueue(until: at(5), now: at(0)) == .refused(.closed))
        #expect(pool.opened(attempt, now: at(0), share: 1) == .close)
        #expect(!pool.isDrained)
        #expect(pool.release(id, isReusable: true, now: at(0)) == .close)
        #expect(pool.isDrained)
    }

    /// Random operations in random order: the invariants hold after each, and nobody is lost or served twice.
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func invariantsHoldUnderRandomOperations(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var pool = pool(size: 3, queue: 8)
        var now = start
        var waiting: [Int] = []
        var leased: Set<Int> = []
        var opening: Set<Int> = []
        var mayProbe = false

        func settle(_ disposition: PoolState.Disposition, _ id: Int) {
            switch disposition {
            case .handOver(let waiter):
                #expect(waiting.first == waiter, "out of order")
                waiting.removeAll { $0 == waiter }
                leased.insert(id)
            case .park: #expect(waiting.isEmpty, "idle while somebody waits")
            case .close: break
            }
        }

        for _ in 0..<4000 {
            now += .milliseconds(Int.random(in: 0...40, using: &random))
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1:
                if let id = pool.takeIdle() {
                    #expect(leased.insert(id).inserted == true, "leased twice")
                    continue
                }
                let deadline = now + .milliseconds(Int.random(in: 1...2000, using: &random))
                switch pool.enqueue(until: deadline, now: now) {
                case .queued(let waiter): waiting.append(waiter)
                case .refused(let reason): #expect(reason == .queueFull || reason == .serverDown)
                }
            case 2:
                guard let id = leased.randomElement(using: &random) else { continue }
                leased.remove(id)
                settle(pool.release(id, isReusable: Int.random(in: 0..<5, using: &random) > 0, now: now), id)
            case 3:
                guard let id = opening.randomElement(using: &random) else { continue }
                opening.remove(id)
                settle(pool.opened(id, now: now, share: 1), id)
            case 4:
                guard let id = opening.randomElement(using: &random) else { continue }
                opening.remove(id)
                let setback = pool.openFailed(id, now: now, jitter: 0.5)
                waiting.removeAll(where: setback.refused.contains)
                mayProbe = mayProbe || setback.retry != nil
            case 5:
                guard let waiter = waiting.randomElement(using: &random) else { continue }
                waiting.removeAll { $0 == waiter }
                if Bool.random(using: &random) {
                    #expect(pool.withdraw(waiter) == true)
                } else {
                    #expect(pool.expire(waiter) != nil)
                }
            case 6:
                guard mayProbe else { continue }
                mayProbe = false
                if let id = pool.probe() { opening.insert(id) }
            default:
                _ = pool.sweep(now: now)
            }
            while let id = pool.openNext() { #expect(opening.insert(id).inserted == true) }
            #expect(pool.openCount <= 3)
            #expect(pool.waitingCount == waiting.count && pool.waitingCount <= 8)
            #expect(pool.leasedCount == leased.count)
            #expect(pool.openingCount == opening.count)
            #expect(pool.openCount == leased.count + opening.count + pool.idleCount)
            #expect(pool.waitingCount == 0 || pool.idleCount == 0)
            #expect(
                waiting.isEmpty || !opening.isEmpty || !leased.isEmpty || mayProbe,
                "somebody waits for nothing")
        }
    }
}
