import EventLoop
import FoundationEssentials
import SystemCalls
import TestSupport
import Testing

@testable import PDFText

/// Reading PDF documents, friendly and hostile ones.
@Suite struct PDFReaderTests {
    private static let loops = LoopGroup(count: 1, name: "pdf-test")

    private func run<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
        try await Self.loops.next().run(body)
    }

    /// What `reader` makes of a document that comes in pieces.
    private func contents(
        of document: [UInt8], by reader: PDFReader = PDFReader(longest: 1 << 20), piece: Int = 700
    ) async throws -> PDFContents {
        try await run {
            var rest = document[...]
            return try await reader.contents {
                defer { rest = rest.dropFirst(piece) }
                return rest.isEmpty ? nil : Array(rest.prefix(piece))
            }
        }
    }

    @Test func theTextOfAllPagesIsRead() async throws {
        let found = try await contents(of: SamplePDF.document(["Refunds within (thirty) days.", "", "The end."]))
        #expect(found.pages == 3)
        #expect(found.text.contains("Refunds within (thirty) days."))
        #expect(found.text.contains("The end."))
    }

    @Test func aPasswordIsSaidToBeTheReason() async throws {
        let path = #filePath.replacing("PDFTextTests/PDFReaderTests.swift", with: "Fixtures/files/encrypted.pdf")
        let document = try FileContents.read(path)
        await #expect(throws: PDFProblem.encrypted) { try await contents(of: document) }
    }

    @Test func pagesWithoutTextAreCounted() async throws {
        await #expect(throws: PDFProblem.withoutText(pages: 2)) {
            try await contents(of: SamplePDF.document(["", ""]))
        }
    }

    @Test func whatIsNoDocumentIsDamaged() async throws {
        let whole = SamplePDF.document(["Hello."])
        for document in [Array(whole.prefix(120)), Array("%PDF-1.7\nnothing".utf8), []] {
            await #expect(throws: PDFProblem.damaged) { try await contents(of: document) }
        }
    }

    @Test func aBombIsPutOutInTime() async throws {
        let reader = PDFReader(longest: 1 << 30, time: .seconds(2))
        let bomb = SamplePDF.bomb(depth: 9)
        let begun = ContinuousClock.now
        let problem = await #expect(throws: PDFProblem.self) { try await contents(of: bomb, by: reader) }
        #expect(problem == .tooMuchWork)
        #expect(begun.duration(to: .now) < .seconds(20))
    }

    @Test func aDocumentThatComesTooLateIsNotToBlame() async throws {
        let reader = PDFReader(longest: 1 << 20, time: .milliseconds(200))
        let document = SamplePDF.document(["Late."])
        await #expect(throws: PDFProblem.busy) {
            try await run {
                var isSent = false
                return try await reader.contents {
                    defer { isSent = true }
                    guard !isSent else { return nil }
                    try await Loop.current?.sleep(for: .milliseconds(600))
                    return document
                }
            }
        }
    }

    @Test func moreTextThanIsTakenIsRefused() async throws {
        let document = SamplePDF.document([String](repeating: String(repeating: "word ", count: 12), count: 30))
        await #expect(throws: PDFProblem.tooLong(limit: 500)) {
            try await contents(of: document, by: PDFReader(longest: 500))
        }
    }

    @Test func aProgramThatIsNotThereIsNamed() async throws {
        let problem = await #expect(throws: PDFProblem.self) {
            try await contents(of: SamplePDF.document(["x"]), by: PDFReader(program: "/nowhere/pdftotext", longest: 9))
        }
        guard case .unavailable(let reason) = problem else { throw try #require(problem) }
        #expect(reason.contains("/nowhere/pdftotext"))
    }

    @Test func whatTheSenderThrowsEndsTheReading() async throws {
        struct Torn: Error {}
        await #expect(throws: Torn.self) {
            try await run {
                var pieces = 0
                return try await PDFReader(longest: 1 << 20).contents {
                    pieces += 1
                    if pieces > 1 { throw Torn() }
                    return Array("%PDF-1.4\n".utf8)
                }
            }
        }
    }

    @Test func moreThanTwoAtATimeWaitForTheirTurn() async throws {
        let reader = PDFReader(longest: 1 << 20)
        let document = SamplePDF.document(["In turn."])
        let texts = try await run {
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        var isSent = false
                        return try await reader.contents {
                            defer { isSent = true }
                            return isSent ? nil : document
                        }.text
                    }
                }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
        }
        #expect(texts.count == 12 && texts.allSatisfy { $0.contains("In turn.") })
    }
}
