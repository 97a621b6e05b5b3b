using Akka.TestKit;

namespace WsActors.TestKit;

/// <summary>The assertions of Akka's test kit without a test framework: a failed one is an <see cref="ExpectationException"/>.</summary>
internal sealed class ExpectationAssertions : ITestKitAssertions
{
    public static ExpectationAssertions Instance { get; } = new();

    public void Fail(string format = "", params object[] args) => throw Failure(format, args);

    public void AssertTrue(bool condition, string format = "", params object[] args)
    {
        if (!condition)
        {
            throw Failure(format, args);
        }
    }

    public void AssertFalse(bool condition, string format = "", params object[] args) => AssertTrue(!condition, format, args);

    public void AssertEqual<T>(T expected, T actual, string format = "", params object[] args) =>
        AssertEqual(expected, actual, EqualityComparer<T>.Default.Equals, format, args);

    public void AssertEqual<T>(T expected, T actual, Func<T, T, bool> comparer, string format = "", params object[] args) =>
        AssertTrue(comparer(expected, actual), $"Expected {expected}, but it was: {actual}. {format}", args);

    public Exception AssertThrows(Action action) => AssertThrows<Exception>(action);

    public TException AssertThrows<TException>(Action action)
        where TException : Exception
    {
        try
        {
            action();
        }
        catch (TException e)
        {
            return e;
        }

        throw Failure($"Expected a {typeof(TException).Name}.", []);
    }

    public Task<Exception> AssertThrowsAsync(Func<Task> action) => AssertThrowsAsync<Exception>(action);

    public async Task<TException> AssertThrowsAsync<TException>(Func<Task> action)
        where TException : Exception
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (TException e)
        {
            return e;
        }

        throw Failure($"Expected a {typeof(TException).Name}.", []);
    }

    private static ExpectationException Failure(string format, object[] args) =>
        new(args.Length == 0 ? format : string.Format(null, format, args));
}
