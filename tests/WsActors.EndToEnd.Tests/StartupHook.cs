using WsActors.EndToEnd.Tests;

/// <summary>
/// Runs inside the measured program, before its first line (DOTNET_STARTUP_HOOKS; .NET looks up this name outside of any namespace): only a
/// process itself knows its live memory. Each line of the standard input is a question, and is answered by a line.
/// </summary>
internal static class StartupHook
{
    public static void Initialize() => new Thread(Answer) { IsBackground = true }.Start();

    private static void Answer()
    {
        using var questions = new StreamReader(Console.OpenStandardInput());
        while (questions.ReadLine() is not null)
        {
            Console.WriteLine(LiveMemory.Collect());
        }
    }
}
