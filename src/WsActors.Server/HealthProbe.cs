namespace WsActors.Server;

/// <summary>The command <c>health</c>: the one client that a container without a shell has.</summary>
internal static class HealthProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <returns>0 when the answer is 200, else 1 and a line on stderr.</returns>
    public static async Task<int> RunAsync(Uri url, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        using var http = new HttpClient(handler) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(url, cancellation);
            if ((int)answer.StatusCode == 200)
            {
                return 0;
            }

            await Console.Error.WriteLineAsync($"{url} answers {(int)answer.StatusCode}: {(await answer.Content.ReadAsStringAsync(cancellation)).Trim()}");
        }
        catch (HttpRequestException e)
        {
            await Console.Error.WriteLineAsync($"{url} does not answer: {e.Message}");
        }
        catch (TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{url} does not answer within {Patience.TotalSeconds} s.");
        }

        return 1;
    }
}
