namespace WsActors.Messages;

/// <summary>
/// A manager's note to an operation of all nodes: the answer comes later, from another actor of the node. Without it, the answer to
/// <c>Identify</c> shows that the manager does not know the question.
/// </summary>
internal sealed record AnswerFollows : Ws.IOperation
{
    private AnswerFollows()
    {
    }

    public static AnswerFollows Instance { get; } = new();
}
