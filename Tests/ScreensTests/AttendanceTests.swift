import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

/// Whether somebody is there: what the console reads by itself keeps no session open.
@Suite struct AttendanceTests {
    @Test func whatATimerAsksForIsUnattended() throws {
        var story = Story.audit()
        story.pass(.seconds(3))
        #expect(try #require(story.ask(OperatorAuditPage.path)).isUnattended)
        story.answer(OperatorAuditPage.path, Samples.auditPage(0..<60))
        story.press(.character("r"))
        #expect(try !#require(story.ask(OperatorAuditPage.path)).isUnattended)
    }

    @Test func aMinuteAfterTheLastKeyNobodyAsks() throws {
        var story = Story.audit()
        story.press(.character("j"))
        story.now += .seconds(30)
        story.hear(.gap)
        #expect(try !#require(story.ask(OperatorAuditChains.path)).isUnattended)
        story.answer(OperatorAuditChains.path, Samples.auditChains)
        story.now += .seconds(40)
        story.hear(.gap)
        #expect(try #require(story.ask(OperatorAuditChains.path)).isUnattended)
    }

    @Test func theWarningComesAlthoughTheScreenIsReadAnewAllTheTime() throws {
        let session = Samples.session
        var story = Story.entering(
            .audit, Size(columns: 120, rows: 40),
            session: OperatorSession(
                token: nil, expiresAt: session.expiresAt, idleExpiresAt: session.serverTime.addingTimeInterval(900),
                user: session.user, permissions: session.permissions, organization: session.organization, project: nil,
                serverTime: session.serverTime, deployment: session.deployment))
        story.answer(OperatorAuditChains.path, Samples.auditChains)
        story.answer(OperatorAuditPage.path, Samples.auditPage(0..<60))
        for _ in 0..<13 {
            story.pass(.seconds(30))
            story.answer(OperatorAuditPage.path, Samples.auditPage(0..<60))
            story.answer(OperatorAuditChains.path, Samples.auditChains)
        }
        #expect(story.shows("session ends in"), "\(story.picture().text[0])")
        story.press(.character("r"))
        #expect(!story.shows("session ends in"), "a key is use")
    }
}
