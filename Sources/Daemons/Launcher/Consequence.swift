/// What is about to happen, and what has to be typed to let it happen.
package struct Consequence: Sendable {
    package let effect: String
    package let confirmation: String
}
