import FoundationEssentials
import Screens
import Terminal
import Testing
import WireAPI

struct QueueGoldenTests {
    @Test func queues() throws {
        try Golden.check("queues") { .queues($0) }
        try Golden.check("queues-ascii", charset: .ascii) { .queues($0, charset: .ascii) }
        try Golden.check("queues-million") { .queues($0, waiting: 1_000_000) }
        try Golden.check("queues-explained") { size in
            var story = Story.queues(size)
            story.press(.character("j"), .character("e"))
            return story
        }
        try Golden.check("queues-failing") { size in
            var story = Story.entering(.queues, size)
            story.fail(OperatorQueue.path)
            story.pass(.seconds(3))
            return story
        }
    }

    @Test func queue() throws {
        try Golden.check("queue") { .queue($0) }
        try Golden.check("queue-ascii", charset: .ascii) { .queue($0, charset: .ascii) }
        try Golden.check("queue-tenants") { size in
            var story = Story.queue(size)
            story.press(Key(.tab))
            return story
        }
        try Golden.check("queue-limits") { size in
            var story = Story.queue(size)
            story.press(Key(.tab), Key(.tab), .character("j"))
            return story
        }
    }

    @Test func jobs() throws {
        try Golden.check("jobs") { .jobs($0) }
        try Golden.check("jobs-ascii", charset: .ascii) { .jobs($0, charset: .ascii) }
        try Golden.check("jobs-marked") { size in
            var story = Story.jobs(size, waiting: 1_000_000)
            story.press(.character("*"), .character("*"))
            return story
        }
        try Golden.check("jobs-none") { size in
            var story = Story.queues(size)
            story.press(.character("i"))
            story.answer(OperatorJobCounts.path, OperatorJobCounts(states: [], isCut: false))
            story.answer(OperatorJobPage.path, Samples.jobs(0..<0, next: nil))
            return story
        }
        try Golden.check("jobs-plan") { size in
            var story = Story.deadLetters(size)
            story.press(.character("R"))
            story.answer(
                OperatorPlanDraft.path,
                OperatorPlan(
                    id: Samples.uuid(0x9000), action: .retryJobs, count: 188, isCut: false,
                    effect: "They wait again in evaluations, with all their attempts.", estimatedCostNanodollars: nil,
                    samples: [], confirmation: .init(kind: .count, text: "188"),
                    expiresAt: Samples.now.addingTimeInterval(600), state: .ready,
                    progress: .init(done: 0, failed: 0, failures: []), undo: nil))
            return story
        }
    }

    @Test func job() throws {
        try Golden.check("job") { .job(2, $0) }
        try Golden.check("job-dead") { .job(4, $0) }
        try Golden.check("job-ascii", charset: .ascii) { .job(2, $0, charset: .ascii) }
    }

    @Test func deadLetters() throws {
        try Golden.check("dead-letters") { .deadLetters($0) }
        try Golden.check("dead-letters-ascii", charset: .ascii) { .deadLetters($0, charset: .ascii) }
    }

    @Test func batches() throws {
        try Golden.check("batches") { .batches($0) }
        try Golden.check("batch") { .batch($0) }
        try Golden.check("batch-ascii", charset: .ascii) { .batch($0, charset: .ascii) }
        try Golden.check("batch-cancel") { size in
            var story = Story.batch(size)
            story.press(.character("K"))
            return story
        }
    }

    @Test func workers() throws {
        try Golden.check("workers") { .workers($0) }
        try Golden.check("workers-ascii", charset: .ascii) { .workers($0, charset: .ascii) }
        try Golden.check("worker") { size in
            var story = Story.workers(size)
            story.press(.character("j"), Key(.enter))
            return story
        }
        try Golden.check("workers-none") { size in
            var story = Story.entering(.workers, size)
            story.answer(
                OperatorWorker.path, OperatorWorkerList(results: [], countedAt: Samples.now, complaint: nil))
            return story
        }
        try Golden.check("schedules") { .schedules($0) }
        try Golden.check("schedules-ascii", charset: .ascii) { .schedules($0, charset: .ascii) }
    }
}
