namespace WsActors.Messages;

/// <summary>One node's part of a <see cref="Ws.ListSessions"/>. Answered with <see cref="LocalSessions"/>.</summary>
/// <param name="List">The list.</param>
internal sealed record ListLocalSessions(Ws.ListSessions List) : Ws.IOperation;
