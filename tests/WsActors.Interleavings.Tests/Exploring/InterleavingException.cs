namespace WsActors.Interleavings.Exploring;

/// <summary>A schedule in which the code is wrong, with its steps.</summary>
public sealed class InterleavingException(string message) : Exception(message);
