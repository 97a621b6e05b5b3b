namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>A test that makes network namespaces: skipped, with a plain word, where that cannot be done.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NamespacesFactAttribute : FactAttribute
{
    private static readonly string? Missing = WhatIsMissing();

    public NamespacesFactAttribute() => Skip = Missing;

    private static string? WhatIsMissing()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return "No network namespaces here: this test needs Linux and root, and leaves the network of the machine alone.";
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!Array.Exists(folders, static folder => File.Exists(Path.Combine(folder, "ip"))))
        {
            return "No ip here: install iproute2 to run this test.";
        }

        try
        {
            NetworkNamespace.Create("trial").Dispose();
            return null;
        }
        catch (InvalidOperationException e)
        {
            return $"No network namespaces here, as in a container without CAP_SYS_ADMIN: {e.Message}";
        }
    }
}
