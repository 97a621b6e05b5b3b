using System.ComponentModel;
using System.Diagnostics;

namespace WsActors.Sockets.Tests.Tls;

/// <summary>A test with OpenSSL's own client; without it the test is skipped.</summary>
internal sealed class OpenSslFactAttribute : FactAttribute
{
    public OpenSslFactAttribute() => Skip = IsThere() ? null : "openssl is not installed.";

    private static bool IsThere()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("openssl", ["version"]) { RedirectStandardOutput = true });
            return process is not null;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
