namespace WsActors.Server;

/// <summary>The command <c>health</c>: the HTTP client for health checks in a container without a shell.</summary>
internal static class HealthProbe
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <returns>0 if the response is 200, else 1 and a line on stderr.</returns>
    public static async Task<int> RunAsync(Uri url, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        using var http = new HttpClient(handler) { Timeout = Timeout };
        try
        {
            using var response = await http.GetAsync(url, cancellation);
            if ((int)response.StatusCode == 200)
            {
                return 0;
            }

            var body = await response.Content.ReadAsStringAsync(cancellation);
            await Console.Error.WriteLineAsync($"{url} answers {(int)response.StatusCode}: {body.Trim()}");
        }
        catch (HttpRequestException e)
        {
            await Console.Error.WriteLineAsync($"{url} does not answer: {e.Message}");
        }
        catch (TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{url} does not answer within {Timeout.TotalSeconds} s.");
        }

        return 1;
    }
}
