import FoundationEssentials
import Terminal
import Testing
import WireAPI

@testable import Screens

/// Files that an execution looked at.
@Suite struct ExecutionFileTests {
    private let detail = OperatorExecutionDetail(
        execution: Samples.row(1), isContentHidden: false, request: "What is on it?", response: "A cat.", turns: [],
        contexts: [],
        files: [
            AttachedFileBody(id: Samples.uuid(900), name: "terms.pdf", mediaType: "application/pdf"),
            AttachedFileBody(id: Samples.uuid(901), name: "cat\u{1B}[31m.png", mediaType: "image/png"),
        ], expectedOutput: nil, systemPrompt: nil, variables: [:], justification: nil, confidence: nil, criteria: nil,
        renderedPrompt: nil, rawReply: nil, evaluators: [], promptTokens: nil, completionTokens: nil, hops: [],
        ownerEmail: "a@example.com", versionID: nil, requestID: nil)

    @Test func theyAreListedByNameAndType() {
        let document = ExecutionDocument(
            detail, Loadable(), .init(), width: 100, charset: .unicode, isUnfolded: true
        ).document
        let text = document.lines.map { $0.spans.map(\.text).joined() }.joined(separator: "\n")
        #expect(text.contains("terms.pdf  application/pdf  \(Samples.uuid(900).uuidString.lowercased())"))
        #expect(text.contains("image/png"))
    }

    @Test func theCommandThatDoesTheSameNamesThem() throws {
        let command = try #require(CurlCommand(detail)).text
        #expect(command.contains("\"file_ids\""))
        #expect(command.contains(Samples.uuid(901).uuidString.lowercased()))
    }
}
