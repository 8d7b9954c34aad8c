internal import Tenancy
internal import Logging
internal import EventLoop
internal import Cryptography
package import HTTPMessages
package import HTTPServing

/// A browser that asks for a page.
package struct PageVisit: Sendable {
    package let context: RequestContext
    package let browser: PageBrowser

    /// What a form of ours has brought.
    /// - Throws: `PageProblem` when another site, or nobody, has made it.
    package func form() async throws -> QueryParameters {
        let form = try await context.form()
        guard let token = form[PageFrame.formTokenField],
            constantTimeEqual(token, browser.formToken)
        else {
            throw PageProblem(
                "Please begin again",
                "This form is too old, or your browser keeps no cookies of this site. Open the link anew.", status: 403)
        }
        return form
    }
}

/// What a browser is answered.
package enum PageAnswer: Sendable {
    case page(Page, status: Int = 200)
    /// Another path of ours, with a query where there is one.
    case goTo(String)
    /// The address of somebody else.
    case leaveTo(String)
    /// A document that is no page.
    case document([UInt8], type: String)

    /// An ordinary page.
    package static func page(_ page: Page) -> PageAnswer { .page(page, status: 200) }
}

/// What a person is told who cannot have what they asked for.
package struct PageProblem: Error, Sendable {
    package let title: String
    package let sentence: String
    package let status: Int

    package init(_ title: String, _ sentence: String, status: Int = 400) {
        self.title = title
        self.sentence = sentence
        self.status = status
    }
}

/// Routes that are answered by pages, their failures too.
package struct PageRoutes: Sendable {
    /// What was registered, ready to be served by the public listener.
    package private(set) var router = Router()
    private let frame: PageFrame
    private let mapping: ProblemMapping

    /// `mapping` says what people are told about errors of the layers below.
    package init(_ frame: PageFrame, mapping: @escaping ProblemMapping) {
        self.frame = frame
        self.mapping = mapping
    }

    /// The largest form of ours.
    private static let bodyLimit = 16 << 10

    /// Registers a page. For everybody: who comes here has not signed in yet. `sender` is whose page leads there.
    package mutating func on(
        _ method: HTTPMethod, _ path: String, bodyLimit: Int = Self.bodyLimit, from sender: PageSender = .ourselves,
        _ handler: @escaping @Sendable (PageVisit) async throws -> PageAnswer
    ) {
        let (frame, mapping) = (frame, mapping)
        router.on(method, path, RouteOptions(bodyLimit: bodyLimit)) { context in
            let browser = frame.browser(of: context, from: sender)
            let answer: PageAnswer
            do {
                answer = try await handler(PageVisit(context: context, browser: browser))
            } catch {
                answer = try Self.answer(to: error, context, mapping)
            }
            switch answer {
            case .page(let page, let status): return frame.reply(page, status: status, to: browser)
            case .goTo(let path): return frame.redirect(to: frame.address.prefix + path, browser)
            case .leaveTo(let url): return frame.redirect(to: url, browser)
            case .document(let bytes, let type):
                return .bytes(bytes, type: type, headers: ["x-content-type-options": "nosniff"])
            }
        }
    }

    private static func answer(
        to error: any Error, _ context: RequestContext, _ mapping: ProblemMapping
    ) throws -> PageAnswer {
        if error is CancellationError || error is DeadlineExceeded { throw error }
        let problem: PageProblem
        if let told = error as? PageProblem {
            problem = told
        } else if let told = APIProblem.told(of: error, mapping) {
            problem = PageProblem(told.title, told.detail, status: told.status)
        } else {
            context.logger.error(
                "page failed", metadata: ["route": .string(context.routePattern), "error": "\(error)"])
            problem = PageProblem("Something went wrong", "It is not your fault. Please try again later.", status: 500)
        }
        let page = Page(
            problem.title,
            [.text(problem.sentence), .facts([Page.Fact("Reference", context.requestID)])])
        return .page(page, status: problem.status)
    }
}
