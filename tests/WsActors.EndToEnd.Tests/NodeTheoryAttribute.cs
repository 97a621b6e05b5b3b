namespace WsActors.EndToEnd.Tests;

/// <summary>As <see cref="NodeFactAttribute"/>, with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeTheoryAttribute : TheoryAttribute
{
    public NodeTheoryAttribute() => Skip = NodeFactAttribute.Missing;
}
