import FoundationEssentials
import Terminal
import WireAPI

extension OperatorJobRow: Identifiable {}

/// The columns of the list of jobs.
enum JobColumns {
    /// What the list is sorted by: only when they were made.
    static let creation = "created"

    static let all: [Column<OperatorJobRow>] = [
        Column(
            "state", "STATE", .fixed(9), ink: { job, _ in job.state.ink }, text: { job, _ in job.state.rawValue }),
        Column("kind", "WHAT", .flexible(minimum: 12), text: { job, _ in job.kind }),
        Column(
            creation, "MADE", .fixed(6), isNumber: true, rank: 2, ink: { _, _ in .quiet },
            text: { job, scope in ItemFigures.age(job.createdAt, scope) }),
        Column("timing", "TIME", .fixed(12), rank: 1, text: JobWords.timing),
        Column(
            "attempts", "FAIL", .fixed(5), isNumber: true, rank: 3,
            ink: { job, _ in job.failures + job.crashes > 0 ? .caution : .quiet },
            text: { job, _ in JobWords.attempts(job) }),
        Column("queue", "QUEUE", .fixed(12), rank: 5, ink: { _, _ in .quiet }, text: { job, _ in job.queue }),
        Column(
            "tenant", "WHOSE", .fixed(16), rank: 6,
            text: { job, _ in job.project?.label ?? job.organization?.label ?? "installation" }),
        Column(
            "error", "LAST ERROR", .flexible(minimum: 26), rank: 4,
            ink: { job, _ in job.state == .dead ? .bad : job.state.isFinal ? .quiet : .caution },
            text: { job, _ in JobWords.error(job) }),
        Column("worker", "WORKER", .fixed(16), rank: 7, ink: { _, _ in .quiet }, text: { job, _ in job.worker ?? "" }),
        Column(
            "priority", "PRIO", .fixed(4), isNumber: true, rank: 9, ink: { _, _ in .quiet },
            text: { job, _ in "\(job.priority)" }),
        Column(
            "batch", "IN BATCH", .fixed(9), isNumber: true, rank: 8, ink: { _, _ in .quiet },
            text: { job, _ in job.batchIndex.map { "#\(Formats.count($0 + 1))" } ?? "" }),
        Column(
            "id", "ID", .fixed(8), rank: 10, ink: { _, _ in .faint }, text: { job, _ in JobWords.short(job.id) }),
    ]

    static let choices = [SortChoice(creation, "When it was made")]
}

/// What a row of the list of jobs means.
enum JobExplanation {
    static func of(_ job: OperatorJobRow, _ scope: Scope) -> Explanation {
        var explanation = Explanation(
            "Job \(JobWords.short(job.id))", definition: "\(job.kind) in \(job.queue). \(job.state.meaning)"
        )
        .value("\(job.state.rawValue), \(JobWords.timing(job, scope))", job.state.ink)
        .adding(
            "Fail",
            "\(job.failures) of \(job.maxAttempts) attempts failed; \(job.crashes) ended with their worker, which costs none."
        )
        .adding("Turn", "Priority \(job.priority), where 0 goes first; fair between organisations and projects.")
        if job.errorClass != nil || job.error != nil {
            explanation = explanation.why(JobWords.error(job), job.state == .dead ? .bad : .caution)
                .adding("Advice", JobWords.advice(job.errorClass))
        }
        return explanation.source("The ledger of jobs. Enter has the job's whole life, and why it waits.")
    }
}
