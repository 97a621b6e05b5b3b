namespace WsActors.EndToEnd.Tests.Yardsticks;

/// <summary>A test of what runs on Linux only: skipped, with a plain word, elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "The load waits for sockets with epoll, which is Linux's.";
}
