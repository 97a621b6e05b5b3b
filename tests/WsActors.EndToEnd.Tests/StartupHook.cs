using WsActors.EndToEnd.Tests;

/// <summary>
/// Runs inside the program that is measured, before its first line (DOTNET_STARTUP_HOOKS; .NET asks for this name in no namespace): only a
/// process itself can tell what of its memory is alive. Each line of the standard input is a question, and is answered by a line.
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
