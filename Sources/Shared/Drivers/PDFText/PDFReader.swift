internal import EventLoop
internal import SystemCalls

/// What a PDF document says.
package struct PDFContents: Sendable, Hashable {
    /// Of all pages, one behind the other.
    package let text: String
    package let pages: Int
}

/// Why the text of a PDF document cannot be had.
package enum PDFProblem: Error, Sendable, Hashable {
    /// It opens with a password only.
    case encrypted
    /// It is no PDF, or broken.
    case damaged
    /// Its pages are pictures, or empty.
    case withoutText(pages: Int)
    /// It has more text than is taken, in bytes.
    case tooLong(limit: Int)
    /// Reading it takes more time or memory than a document may take.
    case tooMuchWork
    /// Too many documents wait to be read, or this one did not come in time.
    case busy
    /// The program that reads is not there, or does not work; for whoever runs the installation.
    case unavailable(String)
}

/// Reads the text of PDF documents. That is done by poppler's `pdftotext`, in a process of its own: those who write documents
/// have found faults in every program that reads them, and this one does not share its memory with anybody's data.
package struct PDFReader: Sendable {
    /// How many documents are read at once, and how many wait.
    private static let places = 2
    private static let waiting = 64

    private let program: String
    private let bounds: ConfinedProgram.Bounds
    private let turns = Turns(places: places, waiting: waiting)

    /// `longest` is how many bytes of text a document may have, `time` how long reading one may take.
    package init(program: String = "/usr/bin/pdftotext", longest: Int, time: Duration = .seconds(30)) {
        self.program = program
        bounds = ConfinedProgram.Bounds(
            memory: 512 << 20, processorTime: .seconds(max(1, time.components.seconds)), time: time, output: longest)
    }

    /// The text of the document whose bytes `next` brings until it brings `nil`. On a loop only.
    /// - Throws: `PDFProblem`; `CancellationError`; what `next` throws.
    package func contents(_ next: () async throws -> [UInt8]?) async throws -> PDFContents {
        try await turns.take()
        defer { turns.giveBack() }
        let outcome: ConfinedProgram.Outcome
        do {
            outcome = try await ConfinedProgram(command: [program, "-enc", "UTF-8", "-", "-"], bounds: bounds).run(next)
        } catch let excess as ConfinedProgram.Excess {
            switch excess {
            case .time: throw PDFProblem.tooMuchWork
            case .lateInput: throw PDFProblem.busy
            case .output: throw PDFProblem.tooLong(limit: bounds.output)
            }
        } catch let error as SystemError {
            throw PDFProblem.unavailable(error.description)
        }
        return try Self.contents(outcome)
    }

    private static func contents(_ outcome: ConfinedProgram.Outcome) throws(PDFProblem) -> PDFContents {
        switch outcome.code {
        case 0: break
        // A signal: by the bounds, or by a fault of the program in the attempt.
        case 128...: throw .tooMuchWork
        case _ where outcome.complaints.contains("Incorrect password"): throw .encrypted
        case _ where outcome.complaints.contains("out of memory"), _ where outcome.complaints.contains("bad_alloc"):
            throw .tooMuchWork
        default: throw .damaged
        }
        let text = String(decoding: outcome.output, as: UTF8.self)
        // Each page ends with a form feed.
        let pages = outcome.output.count { $0 == formFeed }
        guard text.contains(where: { !$0.isWhitespace }) else { throw .withoutText(pages: pages) }
        return PDFContents(text: text, pages: pages)
    }

    private static let formFeed: UInt8 = 0x0C
}
