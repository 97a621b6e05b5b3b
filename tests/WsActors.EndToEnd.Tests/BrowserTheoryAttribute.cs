namespace WsActors.EndToEnd.Tests;

/// <summary>As <see cref="BrowserFactAttribute"/>, with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = BrowserFactAttribute.Missing;
}
