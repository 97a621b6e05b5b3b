namespace WsActors.TestKit;

/// <summary>An expectation of a probe was not met. Every test framework reports it as a failure.</summary>
public sealed class ExpectationException(string message) : Exception(message);
