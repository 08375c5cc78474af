// Two producers, three consumers, and a queue with room for four orders between them: whoever is too fast waits.
import { joinAll, Queue, sleep, spawn } from 'unblock';

const orders = new Queue(4);
const packed = new Map();

function produce(shop, count) {
  for (let number = 1; number <= count; number++) {
    sleep(1);
    orders.put(`${shop} ${number}`); // waits while the queue is full
  }
}

function consume(packer) {
  // Ends when the queue is shut down and empty.
  for (const order of orders) {
    sleep(3);
    packed.set(order, packer);
    orders.taskDone();
  }
}

spawn(() => {
  const packers = ['Ada', 'Bob', 'Eve'].map((name) => spawn(consume, name));
  joinAll([spawn(produce, 'books', 6), spawn(produce, 'tools', 6)]);
  console.log('all orders are placed');

  orders.join(); // waits until taskDone() was called for each
  console.log(`${packed.size} orders are packed, by ${[...new Set(packed.values())].sort().join(', ')}`);

  orders.shutdown();
  joinAll(packers);
  console.log('the packers have gone home');
});
