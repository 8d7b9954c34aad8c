import FoundationEssentials
import Screens
import Terminal
import Testing
import WireAPI

/// Random keys, sizes and answers in the rooms of people and of the audit: whatever happens, what must hold does.
struct PeopleInvariantTests {
    private static let keys: [Key] =
        [
            Key(.up), Key(.down), Key(.pageUp), Key(.pageDown), Key(.home), Key(.end), Key(.enter), Key(.escape),
            Key(.tab), Key(.left), Key(.right), Key(.tab, .shift), .control("c"), .control("s"),
        ] + "jkGsdbit!*_ v/<>oeyxINRATDHPFSCEKUMfu#89".unicodeScalars.map { .character($0) }
    private static let sizes = [(1, 1), (40, 8), (41, 9), (80, 24), (104, 15), (120, 40), (250, 60)]

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func whateverHappensTheScreenIsSound(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var story = seed.isMultiple(of: 2) ? Story.people(session: Samples.owner) : Story.audit()
        for step in 0..<300 {
            switch Int.random(in: 0..<100, using: &generator) {
            case ..<55: story.press(Self.keys.randomElement(using: &generator) ?? Key(.up))
            case ..<62:
                let size = Self.sizes.randomElement(using: &generator) ?? (80, 24)
                story.send(.resized(Size(columns: size.0, rows: size.1)))
            case ..<88: answer(&story, &generator)
            case ..<90: story.hear(.gap, id: nil)
            case ..<92: story.send(.message(.streamLost(ServerFailure(.sessionEnded, "ended"))))
            case ..<94: story.send(.input(.paste("x\n")))
            default: story.pass(.milliseconds(Int.random(in: 0..<9_000, using: &generator)))
            }
            if story.model.signIn?.phase == .editing, step % 5 == 0 {
                story.press(Key(.escape))
                story.signIn(Samples.owner)
            }
            check(story, seed, step)
        }
    }

    private func answer(_ story: inout Story, _ generator: inout SeededGenerator) {
        guard let ask = story.asked.randomElement(using: &generator) else { return }
        let path = ask.request.path
        if Int.random(in: 0..<6, using: &generator) == 0 {
            let kinds: [ServerFailure.Kind] = [.unreachable, .rejected, .confirmationRequired]
            story.fail(path, ServerFailure(kinds.randomElement(using: &generator) ?? .rejected, "no"))
            return
        }
        let first = Int.random(in: 0..<300, using: &generator)
        let user = Samples.people.results[first % 7]
        switch path {
        case OperatorUser.path: story.answer(path, Samples.people)
        case OperatorInvitation.path: story.answer(path, Samples.invitations)
        case OperatorAPIKey.path: story.answer(path, Samples.keys)
        case OperatorSessionPage.path: story.answer(path, Samples.sessions)
        case OperatorSignInPolicy.path: story.answer(path, Samples.policy)
        case OperatorOrganization.path: story.answer(path, Samples.organizations)
        case OperatorProject.path: story.answer(path, Samples.projectPage)
        case OperatorAuditPage.path:
            story.answer(path, Samples.auditPage(first..<first + first % 100, next: "c\(first)"))
        case OperatorAuditChains.path: story.answer(path, Samples.auditChains)
        case OperatorAuditForwarding.path: story.answer(path, Samples.auditTargets)
        case OperatorConfirmation.path: story.answer(path, Samples.owner)
        case _ where path.hasPrefix(OperatorUser.path): story.answer(path, Samples.detail(user, things: first % 3))
        case _ where path.hasPrefix(OperatorAPIKey.path): story.answer(path, Samples.keys.results[first % 5])
        default: story.answer(path, OperatorNothing())
        }
    }

    private func check(_ story: Story, _ seed: UInt64, _ step: Int) {
        let place = Comment(rawValue: "seed \(seed), step \(step), \(story.model.screen.title)")
        let frame = story.picture()
        #expect(frame.text.count == story.model.size.rows, place)
        for row in 0..<frame.size.rows {
            let columns = frame[row: row].reduce(0) { $0 + ($1.glyph.base == 0 ? 0 : Int($1.glyph.width)) }
            #expect(columns == frame.size.columns, place)
        }
        #expect(story.model.wake.map { $0 > story.now - .seconds(1) } ?? true, place)
    }
}
