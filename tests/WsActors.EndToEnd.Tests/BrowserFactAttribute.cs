namespace WsActors.EndToEnd.Tests;

/// <summary>
/// A test that needs Chromium: skipped, with the reason, without Chromium; where Chromium is required, the test runs and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    /// <summary>The headless browser is preferred: a page takes half of the processor time in it.</summary>
    private static readonly string[] Names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

    public BrowserFactAttribute()
    {
        Skip = Missing;
    }

    /// <summary>Why such a test is skipped; null when it is not.</summary>
    public static string? Missing => Chromium is null && Environment.GetEnvironmentVariable("WSACTORS_REQUIRE_BROWSER") is null
        ? $"No browser here: install Chromium to run this test (looked for {string.Join(", ", Names)} on PATH)."
        : null;

    /// <summary>The system's browser, or null.</summary>
    public static string? Chromium { get; } = (
        from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        from name in Names
        let file = Path.Combine(folder, name)
        where File.Exists(file)
        select file).FirstOrDefault();
}
