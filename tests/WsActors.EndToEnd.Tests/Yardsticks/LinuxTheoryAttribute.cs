namespace WsActors.EndToEnd.Tests.Yardsticks;

/// <summary>A test of data that only Linux provides: skipped with a message elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = OperatingSystem.IsLinux() ? null : "Only Linux says how many files a process may open.";
}
