namespace WsActors.EndToEnd.Tests.Yardsticks;

/// <summary>A test for Linux only: skipped with a message elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "The load waits for sockets with epoll, which is Linux's.";
}
