using System.Diagnostics;

namespace WsActors.Samples.Tests;

/// <summary>
/// TestKit.TUnit runs as it was built: a program of Microsoft.Testing.Platform, which <c>dotnet test</c> does not run beside the VSTest of
/// all other projects.
/// </summary>
public sealed class TUnitTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Its_test_passes()
    {
        using var patience = new CancellationTokenSource(Patience);
        var program = Path.Combine(
            AppContext.BaseDirectory.Replace(
                Path.Combine("tests", "WsActors.Samples.Tests"), Path.Combine("samples", "TestKit.TUnit"), StringComparison.Ordinal),
            "TestKit.TUnit.dll");
        using var tests = Process.Start(new ProcessStartInfo("dotnet", ["exec", program, "--no-ansi", "--minimum-expected-tests", "1"])
        {
            RedirectStandardOutput = true,
            Environment = { ["TESTINGPLATFORM_TELEMETRY_OPTOUT"] = "1", ["DOTNET_TieredPGO"] = "0" },
        })!; // not null: the shell is not used

        var output = await tests.StandardOutput.ReadToEndAsync(patience.Token);
        await tests.WaitForExitAsync(patience.Token);

        Assert.True(tests.ExitCode == 0, output);
    }
}
