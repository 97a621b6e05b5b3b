namespace WsActors;

/// <summary>An endpoint could not be bound; the message names the cause and a remedy.</summary>
public sealed class BindFailedException(string reason) : Exception(reason);
