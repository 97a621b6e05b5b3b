namespace WsActors.EndToEnd.Tests.Yardsticks;

/// <summary>A test of what only Linux tells: skipped, with a plain word, elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = OperatingSystem.IsLinux() ? null : "Only Linux says how many files a process may open.";
}
