-- SPDX-License-Identifier: GPL-2.0-or-later
-- Jobs side by side: while one waits (wait_until, and what is made of it), the others go on.
local jobs = {}
local wait_alone = wait_until

function wait_until(sentence, condition, seconds)
  if not coroutine.isyieldable() then return wait_alone(sentence, condition, seconds) end
  seconds = seconds or 30
  local deadline = now_ms() + 1000 * seconds * patience()
  while true do
    local answers = table.pack(condition())
    if answers[1] then return table.unpack(answers, 1, answers.n) end
    if now_ms() > deadline then fail(("not within %g s: %s; but: %s"):format(seconds, sentence, answers[2] or "it is not so")) end
    coroutine.yield()
  end
end

-- Runs functions until all have ended; an error of one ends them all.
function jobs.run(list, seconds)
  local threads = {}
  for i, job in ipairs(list) do threads[i] = coroutine.create(job) end
  wait_alone("all jobs end", function()
    local going = 0
    for _, thread in ipairs(threads) do
      if coroutine.status(thread) ~= "dead" then
        local well, reason = coroutine.resume(thread)
        if not well then error(debug.traceback(thread, reason), 0) end
        going = going + 1
      end
    end
    return going == 0, going .. " go on"
  end, seconds)
end

-- As lab:hmc(), which lets nobody else go on.
function jobs.hmc(lab, line)
  local task = lab:start(line)
  wait_until("the end of " .. line, function() return task:done() end, 120)
  return task:wait()
end

return jobs
