import FoundationEssentials
import Screens
import Terminal
import Testing
import WireAPI

/// For how long everything is kept, what is held, and how full the disks are.
struct RetentionTests {
    private static let hold = OperatorRetentionHold(
        id: Samples.uuid(0x9001), projectID: Samples.uuid(0x9002), projectName: "rag-prod",
        beginsAt: Samples.now.addingTimeInterval(-90 * 86_400), endsAt: nil, reason: "Case 17",
        createdAt: Samples.now.addingTimeInterval(-86_400), createdBy: "root@example.com")

    private static func retention(holds: [OperatorRetentionHold]) -> OperatorRetention {
        func terms(_ days: Int?, _ source: String) -> [OperatorRetentionTerm] {
            [
                OperatorRetentionTerm(dataClass: "execution_logs", days: days, source: source),
                OperatorRetentionTerm(dataClass: "traces", days: 30, source: "organization"),
                OperatorRetentionTerm(dataClass: "files", days: nil, source: "installation"),
                OperatorRetentionTerm(dataClass: "exports", days: 90, source: "installation"),
                OperatorRetentionTerm(dataClass: "batches", days: nil, source: "installation"),
            ]
        }
        return OperatorRetention(
            scopes: [
                OperatorRetentionScope(projectID: nil, projectName: nil, terms: terms(365, "organization")),
                OperatorRetentionScope(
                    projectID: Samples.uuid(0x9002), projectName: "rag-prod", terms: terms(90, "project")),
            ], holds: holds, lastRunAt: Samples.now.addingTimeInterval(-1200))
    }

    private static let preview = OperatorRetentionPreview(
        moment: Samples.now,
        results: [
            OperatorRetentionForecast(
                projectID: Samples.uuid(0x9002), projectName: "rag-prod", dataClass: "execution_logs", days: 90,
                rows: 12_345, bytes: 48 << 20, heldRows: 210, exemptRows: 17,
                oldest: Samples.now.addingTimeInterval(-120 * 86_400),
                newest: Samples.now.addingTimeInterval(-91 * 86_400))
        ],
        partitions: [
            OperatorRetentionPartition(
                name: "trace_spans_2026_08", dataClass: "traces", bytes: 3 << 30)
        ])

    private static func storage(_ level: String, daysLeft: Double) -> OperatorStorage {
        OperatorStorage(
            level: level,
            disks: [
                OperatorDisk(
                    name: "database", usedBytes: 400 << 30, freeBytes: 90 << 30, bytesPerDay: 9e9, daysLeft: daysLeft,
                    earliestDaysLeft: daysLeft - 2, latestDaysLeft: daysLeft + 3, measuredDays: 40)
            ],
            parts: [
                OperatorStoragePart(name: "execution_logs", bytes: 300 << 30, bytesPerDay: 8e9),
                OperatorStoragePart(name: "other", bytes: 1 << 20, bytesPerDay: nil),
            ])
    }

    private func story(
        _ size: Size = Size(columns: 120, rows: 40), charset: Charset = .unicode,
        holds: [OperatorRetentionHold] = [hold], level: String = "low"
    ) -> Story {
        var story = Story.entering(.projects, size, charset: charset)
        story.answer(OperatorProject.path, Samples.projectPage)
        story.press(.character("K"))
        story.answer(OperatorRetention.previewPath, Self.preview)
        story.answer(OperatorStorage.path, Self.storage(level, daysLeft: 10))
        story.answer(OperatorRetention.path, Self.retention(holds: holds))
        return story
    }

    @Test func pictures() throws {
        try Golden.check("retention") { story($0) }
        try Golden.check("retention-ascii", charset: .ascii) { story($0, charset: .ascii) }
        try Golden.check("retention-full") { size in
            var story = story(size, level: "full")
            story.hear(.serverTime(Samples.now, storage: OperatorStorageNews(level: "full", daysLeft: 0.2)))
            return story
        }
        try Golden.check("retention-release") { size in
            var story = story(size)
            story.press(.character("U"))
            return story
        }
    }

    @Test func aHoldIsReleasedByTheOneThatIsChosen() {
        var story = story()
        #expect(story.shows("Case 17"))
        story.press(.character("U"))
        #expect(story.shows("nothing brings it back"))
        story.press(Key(.enter))
        let path = OperatorRetention.holdsPath + "/" + Self.hold.id.uuidString.lowercased()
        #expect(story.ask(path)?.request.method == "DELETE")
        story.answer(path, Self.retention(holds: []))
        #expect(story.shows("It is held no more"))
        #expect(story.ask(OperatorRetention.path) != nil, "it is read anew")
    }

    @Test func whereNothingIsHeldThereIsNothingToRelease() {
        var story = story(holds: [])
        story.press(.character("U"))
        #expect(!story.shows("Release a hold"))
    }

    @Test func whatDoesNotFitIsScrolledTo() {
        var story = story(Size(columns: 80, rows: 14))
        #expect(!story.shows("trace_spans_2026_08"))
        story.press(.character("G"))
        #expect(story.shows("trace_spans_2026_08"))
    }

    @Test func thatNothingNewIsTakenIsSaidInEveryRoomUntilThereIsRoom() {
        var story = Story.live(Size(columns: 120, rows: 40))
        #expect(!story.shows("disk"))
        story.hear(.serverTime(Samples.now, storage: OperatorStorageNews(level: "enough", daysLeft: 9.4)))
        #expect(story.shows("disk full in 9 days"))
        story.hear(.serverTime(Samples.now, storage: OperatorStorageNews(level: "full", daysLeft: 0.1)))
        #expect(story.shows("disk full, nothing new is taken"))
        story.press(.character("g"), .character("i"))
        #expect(story.shows("disk full, nothing new is taken"))
        story.hear(.serverTime(Samples.now, storage: OperatorStorageNews(level: "enough", daysLeft: 200)))
        #expect(!story.shows("disk full"))
    }
}
