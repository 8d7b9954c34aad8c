package import HTTPServing
package import Operations

/// The pages of the public listener: what a browser sees who signs in.
package struct BrowserPages: Sendable {
    private let frame: PageFrame
    private let singleSignOn: SingleSignOn
    private let people: PeopleProduct
    private let mapping: ProblemMapping

    /// `mapping` says what people are told about errors of the layers below.
    package init(frame: PageFrame, singleSignOn: SingleSignOn, people: PeopleProduct, mapping: @escaping ProblemMapping)
    {
        self.frame = frame
        self.singleSignOn = singleSignOn
        self.people = people
        self.mapping = mapping
    }

    /// Every page.
    package var router: Router {
        var routes = PageRoutes(frame, mapping: mapping)
        SAMLPages(singleSignOn: singleSignOn).add(to: &routes)
        DevicePages(singleSignOn: singleSignOn, deployment: frame.deployment).add(to: &routes)
        LinkPages(people: people).add(to: &routes)
        return routes.router
    }
}
