namespace WsActors.Messages;

/// <summary>One node's part of a <see cref="Ws.ListTopics"/>. Answered with <see cref="LocalTopics"/>.</summary>
/// <param name="List">The list.</param>
internal sealed record ListLocalTopics(Ws.ListTopics List) : Ws.IOperation;
